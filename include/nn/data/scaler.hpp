#pragma once

#include <vector>

#include "nn/core/tensor.hpp"

/// Scaling of features, column by column, computed in double. x: (n, features) everywhere. NaN
/// stands for a missing value, as in scikit-learn: fitting leaves it out, and it stays NaN; a
/// column with nothing else makes all NaN. Errors: ShapeError for another rank or other features
/// than those fitted; ArgumentError for fitting on no rows or features, on infinity or on values
/// whose spread overflows, which leaves the scaler as it was, and for transforming before fitting.
namespace nn::inline NN_PRECISION {

/// z = (x - mean) / scale, with the mean and the population standard deviation (divided by n) of
/// the rows it was fitted on. A constant column, one whose deviation is no more than rounding can
/// make it, has scale 1: its mean is removed and nothing is divided, as in scikit-learn.
class StandardScaler {
 public:
  void fit(const Tensor& x);
  Tensor transform(const Tensor& x) const;          // z
  Tensor inverse_transform(const Tensor& z) const;  // z scale + mean

  const std::vector<double>& mean() const { return mean_; }
  const std::vector<double>& scale() const { return scale_; }

 private:
  std::vector<double> mean_, scale_;
};

/// The values that the smallest and the largest value of each column become.
struct MinMaxOptions {
  double low = 0, high = 1;
};

/// z = low + (x - min) (high - low) / (max - min), with each column's extremes among the rows it
/// was fitted on. A constant column counts as one of range 1: it becomes `low`.
class MinMaxScaler {
 public:
  /// ArgumentError unless low < high, both finite and high - low too.
  explicit MinMaxScaler(const MinMaxOptions& options = {});

  void fit(const Tensor& x);
  Tensor transform(const Tensor& x) const;          // z
  Tensor inverse_transform(const Tensor& z) const;  // min + (z - low) (max - min) / (high - low)

  const std::vector<double>& min() const { return min_; }
  const std::vector<double>& range() const { return range_; }

 private:
  MinMaxOptions options_;
  std::vector<double> min_, range_;
};

}  // namespace nn::inline NN_PRECISION
