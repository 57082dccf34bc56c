#pragma once

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

// Where the result is Tensor() (no elements, shape (0)), as a gradient that nothing has been added
// to, it stands for zeros: it becomes a new tensor of the right shape.

/// C = alpha A B + beta C + bias for matrices A (m, k), B (k, n), C (m, n) on any strides: pass
/// A.transpose() for A^T, nothing is copied. beta = 0 writes C without reading it. bias (n), if
/// given, is added to each row of C. C may overlap A, B or bias: the result is as if it did not.
/// ShapeError if the shapes do not fit.
///
/// Each element of C is a sum in a fixed order. Blocks of 512 steps of k are chains of fused
/// multiply-adds of alpha A (rounded) and B, each from 0; the blocks are added in order within
/// groups of 32, and the groups in order; then beta C and bias are added. The bits of an element
/// depend on its row of A, its column of B and nothing else. In float, a sum of a million equal
/// terms, the hard case, is off by some 4e-6 of itself, and by 8e-6 for the worst of terms.
void gemm(Scalar alpha, const Tensor& a, const Tensor& b, Scalar beta, Tensor& c,
          const Tensor* bias = nullptr);

/// y = alpha (1, ..., 1) X + beta y: the sum of each column, added up as in gemm. X: (m, n), y: (n)
/// or (1, n). y may overlap X. ShapeError if the shapes do not fit.
void column_sums(Scalar alpha, const Tensor& x, Scalar beta, Tensor& y);

/// A B in a new tensor.
Tensor matmul(const Tensor& a, const Tensor& b);

}}  // namespace nn::NN_PRECISION
