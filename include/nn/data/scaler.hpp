#pragma once

#include <vector>

#include "nn/core/tensor.hpp"

/// Scaling of features, column by column, computed in double. x: (n, features) everywhere.
///
/// NaN stands for a missing value, as in scikit-learn: fitting ignores it, and it stays NaN. A
/// column of nothing but NaN makes the whole column NaN.
///
/// Errors: ShapeError for another rank, or a number of features other than the one fitted.
/// ArgumentError for fitting on no rows or no features, on infinity, or on values whose spread
/// overflows; the scaler then stays as it was. ArgumentError for transforming before fitting.
///
/// Thread safety: const member functions may be called from several threads at once.
namespace nn { inline namespace NN_PRECISION {

/// z = (x - mean) / scale, with the mean and the population standard deviation (divisor n) of the
/// rows it was fitted on. A constant column has scale 1, as in scikit-learn. A column is constant
/// if its deviation is no larger than rounding errors can make it.
class StandardScaler {
 public:
  /// Learns mean and scale of each column.
  void fit(const Tensor& x);
  Tensor transform(const Tensor& x) const;          // z
  Tensor inverse_transform(const Tensor& z) const;  // z scale + mean

  /// Of each column; empty before fitting.
  const std::vector<double>& mean() const { return mean_; }
  const std::vector<double>& scale() const { return scale_; }

 private:
  std::vector<double> mean_, scale_;
};

/// What the smallest and the largest value of each column become.
struct MinMaxOptions {
  double low = 0, high = 1;
};

/// z = low + (x - min) (high - low) / (max - min), with each column's extremes in the rows it was
/// fitted on. A constant column becomes `low`; its range counts as 1.
class MinMaxScaler {
 public:
  /// ArgumentError unless low < high, both finite and high - low too.
  explicit MinMaxScaler(const MinMaxOptions& options = {});

  /// Learns the extremes of each column.
  void fit(const Tensor& x);
  Tensor transform(const Tensor& x) const;          // z
  Tensor inverse_transform(const Tensor& z) const;  // min + (z - low) (max - min) / (high - low)

  /// min, and max - min (1 if that is 0), of each column; empty before fitting.
  const std::vector<double>& min() const { return min_; }
  const std::vector<double>& range() const { return range_; }

 private:
  MinMaxOptions options_;
  std::vector<double> min_, range_;
};

}}  // namespace nn::NN_PRECISION
