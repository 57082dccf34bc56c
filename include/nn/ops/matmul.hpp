#pragma once

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// C = alpha A B + beta C for matrices A (m, k), B (k, n), C (m, n) on any strides: pass
/// A.transpose() for A^T, nothing is copied. beta = 0 writes C without reading it. Each element of
/// C is one chain of fused multiply-adds in ascending k, starting from beta C, of A and B after
/// alpha has scaled the smaller of them (A if m <= n): for alpha = 1 its bits depend on its row of
/// A, its column of B and nothing else. With `bias` (n), that row is added to each
/// row of C at the end. C may overlap A, B or bias: the result is as if it did not. ShapeError if
/// the shapes do not fit.
void gemm(Scalar alpha, const Tensor& a, const Tensor& b, Scalar beta, Tensor& c);
void gemm(Scalar alpha, const Tensor& a, const Tensor& b, Scalar beta, Tensor& c,
          const Tensor& bias);

/// y = alpha (1, ..., 1) X + beta y: the sum of each column, added up as in gemm. X: (m, n), y: (n)
/// or (1, n). y may overlap X. ShapeError if the shapes do not fit.
void column_sums(Scalar alpha, const Tensor& x, Scalar beta, Tensor& y);

/// A B in a new tensor.
Tensor matmul(const Tensor& a, const Tensor& b);

}  // namespace nn::inline NN_PRECISION
