#pragma once

#include <span>

#include "kernels/kernels.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels {

/// One product for one thread, as gemm() in kernels.hpp defines it, within one group of steps; with
/// beta != 0, within one block. C's rows are contiguous. A is multiplied by alpha_a and B by
/// alpha_b, of which at least one is 1.
struct Product {
  Index m, n, k;
  Scalar alpha_a = 1, alpha_b = 1;
  ConstMatrix a, b;
  Scalar beta = 0;
  Matrix c;
  const Scalar* bias = nullptr;
};

/// Numbers in pieces of equal length: piece i begins at offsets[i].
struct Pieces {
  const Index* offsets;
  Index count, length;
};

/// C = A B + beta C + bias, each sum as in gemm(), where A's rows and its steps lie in pieces, each
/// with A's strides within a piece: row r of piece i and step s of piece j meet at a.data +
/// rows.offsets[i] + r a.row_stride + steps.offsets[j] + s a.col_stride. Where rows lie in threes,
/// a_threes is not 0, r a.row_stride is r / 3 a_threes + r % 3 a.row_stride, r c.row_stride
/// likewise with c_threes, and pieces have whole threes. Piece i of C's rows begins at c.data +
/// c_rows[i], piece j of B's steps with row b_rows[j]; these ascend. Rows of B and of C are
/// contiguous. Steps whose A is 0 may be left out: row r of B is step first_step + r of the sum, so
/// that blocks end where they would with all of them. All steps are one group; with beta != 0, one
/// block. `ahead` is what a later product needs: caches are asked for it meanwhile.
struct PieceProduct {
  Pieces rows, steps;
  const Index *c_rows, *b_rows;
  Index n;
  ConstMatrix a, b;
  Scalar beta;
  Matrix c;
  const Scalar* bias = nullptr;
  Index first_step = 0, a_threes = 0, c_threes = 0;
  std::span<const Scalar> ahead = {};
};

/// dL/dW by a line of a convolution's kernel, of `taps` elements, in one block of the sum: for each
/// tap t, C_t (rows, n) = sum over `lines` lines i of images and their windows w, in order, of
///
///     a_i(w + t - padding)^T b_i(w),   0 <= w < windows = pixels + 2 padding - taps + 1,
///
/// where a_i(q), `rows` channels of pixel q in x, begins at a + offsets[i] + q a_step, and b_i(w),
/// n channels of dL/dz, at b + (b_rows[i] + w) b_step. Pixels that are padding are left out. C_t
/// begins at c + t c_tap, its rows are c_row apart. `ahead` as for PieceProduct.
struct TapProduct {
  Index taps, rows, n, pixels, windows, padding;
  Index lines = 0;
  const Index *offsets = nullptr, *b_rows = nullptr;
  const Scalar *a = nullptr, *b = nullptr;
  Scalar* c = nullptr;
  Index a_step, b_step, c_row, c_tap;
  std::span<const Scalar> ahead = {};
};

/// C (m, n) = alpha A (m, k) B (k, n) + beta C + bias, after BLAS's gemm, with
/// alpha = alpha_a.
/// The order of the sum is part of the contract. For every element (i, j), alone:
///     a block is kBlockSteps steps in order:  s = fma(alpha * A[i, p], B[p, j], s), from s = 0
///     a group is the sum of its blocks in order, starting from the first
///     S is the sum of the groups in order, starting from the first; 0 if k = 0
///     C[i, j] = (S + beta * C[i, j]) + bias[j], each operation rounded
/// Blocks and groups are counted from p = 0; the last may be shorter. Where beta is 0, C is not
/// read and S stands alone. bias may be null; it is one row of n values, contiguous. alpha_b is 1.
/// The order is the same whatever the instruction set, the blocking and the number of threads.
/// m, n or k may be 0 (no pointer is then read that need not be). C must not overlap A, B or bias.
/// Callers make the Product: matrices passed one by one would be copied on the way, for which the
/// CPU waits until all that it has stored before is in the cache.
void gemm(const Product& product);

}}}  // namespace nn::NN_PRECISION::kernels
