#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "nn/core/scalar.hpp"

/// Mean and variance of a column. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

struct ColumnMoments {
  double mean, variance;
};

/// Of one number or more. Two passes over the column. The first sums deviations from the first
/// value, which are exactly 0 in a constant column. The second sums squared deviations from the
/// mean and corrects for the rounding error of the mean (Chan, Golub and LeVeque, The American
/// Statistician 37(3), 1983, equation 1.7).
inline ColumnMoments column_moments(const std::vector<double>& column) {
  auto n = static_cast<double>(column.size());
  double first = column[0], sum = 0;
  for (double value : column) sum += value - first;
  double mean = first + sum / n, squares = 0, rest = 0;
  for (double value : column) {
    double d = value - mean;
    squares += d * d;
    rest += d;
  }
  return {mean, (squares - rest * rest / n) / n};
}

/// The population standard deviation, or 1 if it is within the rounding error of a constant
/// column's.
inline double standard_scale(const ColumnMoments& m, double n) {
  constexpr double eps = std::numeric_limits<double>::epsilon();
  double rounding = n * m.mean * eps;
  const bool is_constant = m.variance <= n * eps * m.variance + rounding * rounding;
  return is_constant ? 1 : std::sqrt(m.variance);
}

}}}  // namespace nn::NN_PRECISION::detail
