// The micro-kernel: one tile of C, held in registers for a block of the sum.
#pragma once

#include <type_traits>
#include <utility>

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// C (rows, columns) = A B + beta C (+ bias), A (rows, k), B (k, columns) by their strides, where
/// A B is one block of the sum. The last vector of each row of B and C has `last` values; C is not
/// read if beta is 0.
struct Tile {
  Index k;
  const Scalar* a;
  Index a_row, a_threes, a_step;  // a_threes: from a row of A to the third after it; so c_threes
  const Scalar* b;
  Index b_step;
  Scalar beta;
  Scalar* c;
  Index c_row, c_threes;
  const Scalar* bias;
  int last;

  // A line of memory that a later tile needs is asked for at each step, by tiles two or three
  // vectors wide. All at once, they would hold up this tile's own lines.
  const Scalar* ahead;
  Index ahead_step;
};

/// A tile whose steps lie in pieces of `piece` steps: how many there are of the first one, and
/// where the i-th one after it begins: in A at a_pieces + offsets[i], in B with row b_rows[i], of
/// which b is b_first. After each piece, the next `ahead_step` numbers of [asked, ahead_size) are
/// asked for.
struct PieceTile : Tile {
  Index together, piece;
  const Scalar* a_pieces;
  const Index *offsets, *b_rows;
  Index b_first, asked, ahead_size;
};

// The pragmas matter: without them g++ keeps the tile in memory.
template <int kRows, int kVecs, bool kPartial, class AnyTile>
NN_TARGET void tile(const AnyTile& t) {
  constexpr bool kPieces = std::is_same_v<AnyTile, PieceTile>;
  const Lanes last = first_lanes(t.last);
  Vec c[kRows][kVecs];
  NN_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) c[i][v] = set1(0);
  }

  const Index a_row = t.a_row, a_threes = t.a_threes, a_step = t.a_step, b_step = t.b_step;
  const Scalar *from = t.a, *b = t.b, *ahead = t.ahead;
  Index left = t.k, steps = t.k, asked = 0;
  if constexpr (kPieces) {
    steps = t.together;
    asked = t.asked;
  }
  for (Index piece = 1;; ++piece) {
    // Few pointers, each for three rows: one for each row would not fit, one for all makes clang
    // step through the rows, addition after addition.
    constexpr int kPointers = (kRows + 2) / 3;
    const Scalar* a[kPointers];
    NN_UNROLL
    for (int i = 0; i < kPointers; ++i) a[i] = from + i * a_threes;
    for (Index p = steps; p > 0; --p) {
      Vec row[kVecs];
      NN_UNROLL
      for (int v = 0; v < kVecs; ++v)
        row[v] = load_end<kPartial>(b + v * kWidth, v == kVecs - 1, last);
      NN_UNROLL
      for (int i = 0; i < kRows; ++i) {
        const Vec value = set1(a[i / 3][i % 3 * a_row]);
        NN_UNROLL
        for (int v = 0; v < kVecs; ++v) c[i][v] = fma(value, row[v], c[i][v]);
      }
      NN_UNROLL
      for (int i = 0; i < kPointers; ++i) a[i] += a_step;
      b += b_step;
      if ((kVecs == 2 || kVecs == 3) && !kPieces) {
        __builtin_prefetch(ahead);
        ahead += t.ahead_step;
      }
    }
    left -= steps;
    if constexpr (kPieces) {
      asked = ask_for(ahead, asked, smaller(asked + t.ahead_step, t.ahead_size));
      if (left == 0) break;
      from = t.a_pieces + t.offsets[piece];
      b = t.b + (t.b_rows[piece] - t.b_first) * b_step;
      steps = smaller(left, t.piece);
    } else {
      break;
    }
  }

  // Copies: else each store might change them.
  const Index c_row = t.c_row, c_jump = t.c_threes - 2 * c_row;
  if (t.beta != Scalar{0}) {
    const Vec beta = set1(t.beta);
    const Scalar* row = t.c;
    NN_UNROLL
    for (int i = 0; i < kRows; ++i) {
      NN_UNROLL
      for (int v = 0; v < kVecs; ++v)
        c[i][v] =
            add(c[i][v], mul(beta, load_end<kPartial>(row + v * kWidth, v == kVecs - 1, last)));
      if (i + 1 < kRows) row += i % 3 == 2 ? c_jump : c_row;
    }
  }
  if (t.bias) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) {
      const Vec bias = load_end<kPartial>(t.bias + v * kWidth, v == kVecs - 1, last);
      NN_UNROLL
      for (int i = 0; i < kRows; ++i) c[i][v] = add(c[i][v], bias);
    }
  }
  Scalar* row = t.c;
  NN_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v)
      store_end<kPartial>(row + v * kWidth, c[i][v], v == kVecs - 1, last);
    if (i + 1 < kRows) row += i % 3 == 2 ? c_jump : c_row;
  }
}

/// The tiles that are kVecs vectors wide and 1, 2, .. rows high.
template <int kVecs, class Rows>
struct Tiles;
template <int kVecs, int... kRows>
struct Tiles<kVecs, std::integer_sequence<int, kRows...>> {
  static constexpr int count = sizeof...(kRows);
  static constexpr void (*whole[])(const Tile&) = {tile<kRows + 1, kVecs, false, Tile>...};
  static constexpr void (*partial[])(const Tile&) = {tile<kRows + 1, kVecs, true, Tile>...};
  static constexpr void (*pieces[])(const PieceTile&) = {
      tile<kRows + 1, kVecs, false, PieceTile>...};
  static constexpr void (*partial_pieces[])(const PieceTile&) = {
      tile<kRows + 1, kVecs, true, PieceTile>...};

  static constexpr auto& of_pieces(bool is_partial) { return is_partial ? partial_pieces : pieces; }
};
template <int kVecs, int kMaxRows>
using TilesUpTo = Tiles<kVecs, std::make_integer_sequence<int, kMaxRows>>;

// kRows1, kRows2 and kRows3 are the highest tiles 1, 2 and 3 vectors wide, as far as each
// instruction set has registers for them. Wider tiles serve products of few rows, where a vector or
// two would wait for each other's sums.
using Tiles1 = TilesUpTo<1, kRows1>;
using Tiles2 = TilesUpTo<2, kRows2>;
using Tiles3 = TilesUpTo<3, kRows3>;
using Tiles4 = TilesUpTo<4, 3>;
using Tiles8 = TilesUpTo<8, 1>;

/// Vectors in the next strip of a matrix C of `rows` rows, of which `left` columns are to do.
/// `narrow`: of B, a strip is packed for a few rows alone, and should still be in the first cache
/// when they read it. `far`: reading B takes the most time, so that two vectors are better where
/// fewer tiles then read each. `pairs`: three vectors do not fit into the first cache. Else three
/// where that leaves no single vector for the end.
NN_VECTOR_FUNCTION int strip_vectors(Index rows, Index left, bool narrow, bool far, bool pairs) {
  const Index vectors = ceil_div(left, kWidth);
  if (vectors >= 8 && !narrow && rows <= Tiles8::count) return 8;
  if (vectors >= 4 && rows <= Tiles4::count) return 4;
  const bool fewer = rows <= 2 * kRows2 && ceil_div(rows, kRows2) < ceil_div(rows, kRows3);
  if ((pairs || (far && fewer)) && vectors >= 2) return 2;
  if (vectors == 3 || vectors >= 5) return 3;
  return vectors >= 2 ? 2 : 1;
}

NN_VECTOR_FUNCTION Index strip_rows(int vectors) {
  switch (vectors) {
    case 8:
      return Tiles8::count;
    case 4:
      return Tiles4::count;
    case 3:
      return Tiles3::count;
    case 2:
      return Tiles2::count;
    default:
      return Tiles1::count;
  }
}

NN_VECTOR_FUNCTION void run_tile(Index rows, int vectors, const Tile& t) {
  const bool partial = t.last < kWidth;
  switch (vectors) {
    case 8:
      return (partial ? Tiles8::partial : Tiles8::whole)[rows - 1](t);
    case 4:
      return (partial ? Tiles4::partial : Tiles4::whole)[rows - 1](t);
    case 3:
      return (partial ? Tiles3::partial : Tiles3::whole)[rows - 1](t);
    case 2:
      return (partial ? Tiles2::partial : Tiles2::whole)[rows - 1](t);
    default:
      return (partial ? Tiles1::partial : Tiles1::whole)[rows - 1](t);
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
