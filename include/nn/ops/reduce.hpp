#pragma once

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

// Sums are accumulated in double, in an order that depends on the shape alone. Over all elements:
// element i is added to lane i mod 8, and the eight lanes are added in pairs. Over one dimension:
// in ascending order of its index.

/// Over all elements: the sum, 0 for none; the mean, the largest and the smallest, ShapeError for
/// none. max and min are NaN if any element is.
double sum(const Tensor& x);
double mean(const Tensor& x);
Scalar max(const Tensor& x);
Scalar min(const Tensor& x);
/// The Euclidean norm, sqrt(sum x^2).
double norm(const Tensor& x);

/// Over one dimension, which is removed: for x (n, d), sum(x, 0) is (d). ShapeError for the mean,
/// the largest element or its place in a dimension of size 0.
Tensor sum(const Tensor& x, int dim);
Tensor mean(const Tensor& x, int dim);
Tensor max(const Tensor& x, int dim);
/// The index of the largest element, the first of equal ones; NaN counts as the largest, as in
/// NumPy.
Tensor argmax(const Tensor& x, int dim);

}}  // namespace nn::NN_PRECISION
