#pragma once

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

// Sums are accumulated in double, in an order that depends on the shape alone: over all elements,
// in eight lanes (element i goes to lane i mod 8) that are then added in pairs; over one dimension,
// in ascending order of its index.

/// Over all elements: the sum, 0 for none; the mean, the largest and the smallest, ShapeError for
/// none. max and min are NaN if any element is.
double sum(const Tensor& x);
double mean(const Tensor& x);
Scalar max(const Tensor& x);
Scalar min(const Tensor& x);
/// The Euclidean norm, sqrt(sum x^2).
double norm(const Tensor& x);

/// Over one dimension, which goes away: sum(x (n, d), 0) is (d). ShapeError for the mean, the
/// largest or its place in a dimension of size 0.
Tensor sum(const Tensor& x, int dim);
Tensor mean(const Tensor& x, int dim);
Tensor max(const Tensor& x, int dim);
/// The first index of the largest element, as a number; NaN counts as the largest (NumPy's rule).
Tensor argmax(const Tensor& x, int dim);

}  // namespace nn::inline NN_PRECISION
