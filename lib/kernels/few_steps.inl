// Products of few steps whose left factor lies in pieces: B stays in registers, and the rows of C
// are made one by one. Those of convolutions of images with a channel or two.
#pragma once

#include <array>
#include <utility>

#include "kernels/common.inl"
#include "kernels/product.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// As many vectors of B stay in registers. Longer sums are left to tiles, which have several at
/// once.
constexpr int kStepsInRegisters = kHighTiles ? 16 : 12;

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
constexpr int kMostPieces = 5, kLongestPiece = 5;

template <int kPieces, int kLength>
constexpr MultiplyFew few() {
  if constexpr (kPieces * kLength <= kStepsInRegisters)
    return multiply_few<kPieces, kLength>;
  else
    return nullptr;
}
template <int... kAt>
constexpr std::array<MultiplyFew, sizeof...(kAt)> all_few(std::integer_sequence<int, kAt...>) {
  return {few<kAt / kLongestPiece + 1, kAt % kLongestPiece + 1>()...};
}

/// Null for more steps, steps or rows that lie otherwise, and where C is added to. Also for rows of
/// C longer than two lines of memory, which would be written in parts.
NN_VECTOR_FUNCTION MultiplyFew multiply_few_for(const PieceProduct& g) {
  static constexpr auto all =
      all_few(std::make_integer_sequence<int, kMostPieces * kLongestPiece>{});
  const Index pieces = g.steps.count, length = g.steps.length;
  if (g.n > 2 * kLine || pieces > kMostPieces || length > kLongestPiece || g.a.col_stride != 1 ||
      g.a_threes != 0 || g.beta != Scalar{0})
    return nullptr;
  return all[static_cast<std::size_t>((pieces - 1) * kLongestPiece + length - 1)];
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
