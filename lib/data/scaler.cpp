#include "nn/data/scaler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION {
namespace {

void check_scaler_input(const char* scaler, const Tensor& x) {
  if (x.rank() != 2)
    throw ShapeError(std::string(scaler) + "::fit: expected (n, features), got " +
                     x.shape().to_string());
  if (x.size(0) == 0) throw ArgumentError(std::string(scaler) + "::fit: expected rows, got none");
}

void check_scaler_fitted(const char* scaler, const Tensor& x, const std::vector<double>& columns) {
  if (columns.empty()) throw ArgumentError(std::string(scaler) + ": fit it before transforming");
  if (x.rank() != 2 || x.size(1) != static_cast<Index>(columns.size()))
    throw ShapeError(std::string(scaler) + ": expected (n, " + std::to_string(columns.size()) +
                     "), got " + x.shape().to_string());
}

/// A new tensor of f(value, column).
template <class F>
Tensor map_columns(const Tensor& x, F&& f) {
  Tensor result(x.shape());
  for (Index i = 0; i < x.size(0); ++i)
    for (Index j = 0; j < x.size(1); ++j)
      result(i, j) =
          static_cast<Scalar>(f(static_cast<double>(x(i, j)), static_cast<std::size_t>(j)));
  return result;
}

struct ColumnMoments {
  double mean, variance;
};

/// Two passes over a column: the mean from the deviations from its first value (all exactly 0 in a
/// constant column), then the variance from those from the mean, less what rounding left in the
/// mean (Chan, Golub and LeVeque, The American Statistician 37(3), 1983, equation 1.7).
ColumnMoments column_moments(const Tensor& column) {
  Index count = column.size(0);
  auto n = static_cast<double>(count);
  double first = column(0), sum = 0;
  for (Index i = 0; i < count; ++i) sum += column(i) - first;
  double mean = first + sum / n, squares = 0, rest = 0;
  for (Index i = 0; i < count; ++i) {
    double d = column(i) - mean;
    squares += d * d;
    rest += d;
  }
  return {mean, (squares - rest * rest / n) / n};
}

/// Whether a variance is within the bound of what rounding makes of a constant column's.
bool is_constant(const ColumnMoments& m, double n) {
  constexpr double eps = std::numeric_limits<double>::epsilon();
  double rounding = n * m.mean * eps;
  return m.variance <= n * eps * m.variance + rounding * rounding;
}

}  // namespace

void StandardScaler::fit(const Tensor& x) {
  check_scaler_input("StandardScaler", x);
  mean_.clear();
  scale_.clear();
  for (Index j = 0; j < x.size(1); ++j) {
    auto m = column_moments(x.select(1, j));
    mean_.push_back(m.mean);
    scale_.push_back(is_constant(m, static_cast<double>(x.size(0))) ? 1 : std::sqrt(m.variance));
  }
}

Tensor StandardScaler::transform(const Tensor& x) const {
  check_scaler_fitted("StandardScaler", x, mean_);
  return map_columns(x, [&](double v, std::size_t j) { return (v - mean_[j]) / scale_[j]; });
}

Tensor StandardScaler::inverse_transform(const Tensor& z) const {
  check_scaler_fitted("StandardScaler", z, mean_);
  return map_columns(z, [&](double v, std::size_t j) { return v * scale_[j] + mean_[j]; });
}

MinMaxScaler::MinMaxScaler(const MinMaxOptions& options) : options_(options) {
  if (!(options.low < options.high)) throw ArgumentError("MinMaxScaler: expected low < high");
}

void MinMaxScaler::fit(const Tensor& x) {
  check_scaler_input("MinMaxScaler", x);
  min_.clear();
  range_.clear();
  for (Index j = 0; j < x.size(1); ++j) {
    double low = x(0, j), high = low;
    for (Index i = 0; i < x.size(0); ++i) {
      low = std::min<double>(low, x(i, j));
      high = std::max<double>(high, x(i, j));
    }
    min_.push_back(low);
    range_.push_back(low < high ? high - low : 1);
  }
}

Tensor MinMaxScaler::transform(const Tensor& x) const {
  check_scaler_fitted("MinMaxScaler", x, min_);
  double width = options_.high - options_.low;
  return map_columns(
      x, [&](double v, std::size_t j) { return options_.low + (v - min_[j]) / range_[j] * width; });
}

Tensor MinMaxScaler::inverse_transform(const Tensor& z) const {
  check_scaler_fitted("MinMaxScaler", z, min_);
  double width = options_.high - options_.low;
  return map_columns(
      z, [&](double v, std::size_t j) { return min_[j] + (v - options_.low) / width * range_[j]; });
}

}  // namespace nn::inline NN_PRECISION
