#pragma once

#include <vector>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Principal component analysis (Jolliffe, "Principal Component Analysis", 2002, section 3.1): the
/// orthogonal directions v along which samples vary most,
///
///     (1 / (n - 1)) sum_i (x_i - mean)(x_i - mean)^T v = variance v.
///
/// Computed in double from the eigenvectors of the covariance matrix (d, d), or where n < d of the
/// matrix of products (n, n), by Householder's reduction to a tridiagonal matrix and the QL
/// algorithm.
///
/// Thread safety: const member functions may be called from several threads at once.
class PCA {
 public:
  /// The k directions of largest variance of x: (n, d). ShapeError unless x has two dimensions;
  /// RangeError unless n >= 2 and 1 <= k <= min(n, d); ArgumentError if an element is not finite,
  /// or so large that the largest variance overflows.
  PCA(const Tensor& x, Index k);

  /// (d): the mean of the samples, rounded. transform() takes it in double.
  const Tensor& mean() const { return mean_; }
  /// (k, d): the directions, each of length 1, by descending variance. Of v and -v it is the one
  /// whose element of largest absolute value (the first of equal ones) is positive.
  const Tensor& components() const { return components_; }
  /// (k): the variance along each direction (divisor n - 1), and its share of the total. The shares
  /// are 0 if all samples are equal.
  const Tensor& explained_variance() const { return explained_variance_; }
  const Tensor& explained_variance_ratio() const { return explained_variance_ratio_; }

  /// The coordinates (x - mean) components^T, (m, k), of samples x: (m, d); and the samples
  /// coordinates components + mean, (m, d), of such coordinates. ShapeError for other shapes.
  /// Means are subtracted and added in double, so that samples far from 0 lose nothing.
  Tensor transform(const Tensor& x) const;
  Tensor inverse_transform(const Tensor& coordinates) const;

 private:
  std::vector<double> means_;
  Tensor mean_, components_, explained_variance_, explained_variance_ratio_;
};

}}  // namespace nn::NN_PRECISION
