// Products of few steps whose left factor lies in pieces: B stays in registers, and the rows of C
// are made one by one. Those of 3 x 3 convolutions on one channel.
#pragma once

#include "kernels/common.inl"
#include "kernels/product.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// C = A B + bias for one block of steps in kPieces pieces of kLength steps, which are contiguous
/// in A.
template <int kPieces, int kLength>
NN_TARGET void multiply_few(const PieceProduct& g) {
  const Index a_row = g.a.row_stride, b_row = g.b.row_stride, c_row = g.c.row_stride;
  for (Index column = 0; column < g.n; column += kWidth) {
    const Lanes lanes = first_lanes(static_cast<int>(smaller(kWidth, g.n - column)));
    const bool whole = g.n - column >= kWidth;
    Vec b[kPieces][kLength];
    NN_UNROLL
    for (int i = 0; i < kPieces; ++i) {
      NN_UNROLL
      for (int j = 0; j < kLength; ++j)
        b[i][j] = load_lanes(g.b.data + (g.b_rows[i] + j) * b_row + column, lanes);
    }
    const Vec bias = g.bias ? load_lanes(g.bias + column, lanes) : set1(-Scalar{0});  // x + -0 = x
    for (Index piece = 0; piece < g.rows.count; ++piece) {
      const Scalar* a[kPieces];
      NN_UNROLL
      for (int i = 0; i < kPieces; ++i)
        a[i] = g.a.data + (g.rows.offsets[piece] + g.steps.offsets[i]);
      Scalar* c = g.c.data + g.c_rows[piece] + column;
      for (Index row = 0; row < g.rows.length; ++row, c += c_row) {
        Vec sum = set1(0);
        NN_UNROLL
        for (int i = 0; i < kPieces; ++i) {
          NN_UNROLL
          for (int j = 0; j < kLength; ++j) sum = fma(set1(a[i][j]), b[i][j], sum);
          a[i] += a_row;
        }
        sum = add(sum, bias);
        if (whole)
          store(c, sum);
        else
          store_lanes(c, sum, lanes);
      }
    }
  }
}

using MultiplyFew = void (*)(const PieceProduct&);

/// For up to three pieces of up to three steps: longer sums are left to tiles, which make several
/// at once. Null for those, for steps or rows that lie otherwise, and where C is added to. Also for
/// rows of C longer than two lines of memory, which would be written in parts.
NN_VECTOR_FUNCTION MultiplyFew multiply_few_for(const PieceProduct& g) {
  static constexpr MultiplyFew all[3][3] = {
      {multiply_few<1, 1>, multiply_few<1, 2>, multiply_few<1, 3>},
      {multiply_few<2, 1>, multiply_few<2, 2>, multiply_few<2, 3>},
      {multiply_few<3, 1>, multiply_few<3, 2>, multiply_few<3, 3>}};
  const Index pieces = g.steps.count, length = g.steps.length;
  if (g.n > 2 * kLine || pieces > 3 || length > 3 || g.a.col_stride != 1 || g.a_threes != 0 ||
      g.beta != Scalar{0})
    return nullptr;
  return all[pieces - 1][length - 1];
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
