#pragma once

#include "nn/core/scalar.hpp"

/// The kernels: plain loops on plain pointers, one version per instruction set, chosen at run time.
/// Private to lib/. Every version gives the same bits (docs/reproducibility.md).
namespace nn::inline NN_PRECISION::kernels {

/// A strided matrix: element (i, j) is data[i * row_stride + j * col_stride]. Strides may be 0 or
/// negative; a transpose is the same data with its strides swapped.
template <class T>
struct MatrixView {
  T* data;
  Index row_stride;
  Index col_stride;
};
using Matrix = MatrixView<Scalar>;
using ConstMatrix = MatrixView<const Scalar>;

/// C (m, n) = alpha A (m, k) B (k, n) + beta C + bias, after BLAS's gemm.
/// The order of the sum is part of the contract: for every element, alone,
///     c = beta C[i, j]  (0 if beta == 0: C is then never read)
///     for p = 0 .. k-1:  c = fma(alpha * A[i, p], B[p, j], c)
///     C[i, j] = c + bias[j]  (if bias is not null: one row of n values, contiguous)
/// whatever the instruction set, the blocking and the number of threads. m, n or k may be 0 (no
/// pointer is then read that need not be). C must not overlap A, B or bias.
void gemm(Index m, Index n, Index k, Scalar alpha, ConstMatrix a, ConstMatrix b, Scalar beta,
          Matrix c, const Scalar* bias = nullptr);

/// y[i] = f(x[i]) for i in [0, n), contiguous; y == x is allowed, other overlap is not. Right at
/// infinities, NaN, signed zeros and subnormal numbers; the caller's FPU state is left alone.
void exp(Index n, const Scalar* x, Scalar* y);
void log(Index n, const Scalar* x, Scalar* y);
void tanh(Index n, const Scalar* x, Scalar* y);
void sigmoid(Index n, const Scalar* x, Scalar* y);  // 1 / (1 + e^-x)

/// The instruction set in use: "scalar", "avx2" or "avx512". The environment variable NN_ISA, read
/// at the first use, forces one: any other value, or one that this CPU or build lacks, throws
/// ArgumentError.
const char* isa();

}  // namespace nn::inline NN_PRECISION::kernels
