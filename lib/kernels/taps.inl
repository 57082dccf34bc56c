// dL/dW of convolutions by a line of a kernel, whose elements (taps) slide over the pixels.
#pragma once

#include <utility>

#include "kernels/gemm.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// Sums in a tile. Other registers hold the windows, and one number of a pixel.
constexpr int kTapSums = kHighTiles ? 24 : 12;

/// Some rows, taps and columns of a TapProduct, `last` columns in the last vector. In each line,
/// the first pixel that meets any of these taps meets `met`, and each after it one more, until they
/// meet all. Then `all` pixels do so. Each of the `left` after them meets one tap fewer, the first
/// ones first. Within a line, a and b are the first of these pixels and its window with the first
/// tap. Each line asks for the next `ahead_step` numbers of those ahead, from `asked` on.
struct TapTile {
  const TapProduct& g;
  const Scalar *a = nullptr, *b = nullptr;
  Scalar* c = nullptr;
  int last = 0;
  Index met = 0, all = 0, left = 0, ahead_step = 0, asked = 0;
};

template <int kRows, int kVecs, int kTaps>
using TapSums = Vec[kRows][kVecs][kTaps];

/// A pixel that meets taps [kFirst, kEnd). It meets tap 0 in the window at b.
template <int kFirst, int kEnd, int kRows, int kVecs, int kTaps>
NN_VECTOR_FUNCTION void tap_step(const Scalar* a, const Scalar* b, Index b_step, Lanes last,
                                 TapSums<kRows, kVecs, kTaps>& c) {
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v) {
    NN_UNROLL
    for (int s = kFirst; s < kEnd; ++s) {
      const Vec row = load_end<true>(b - s * b_step + v * kWidth, v == kVecs - 1, last);
      NN_UNROLL
      for (int i = 0; i < kRows; ++i) c[i][v][s] = fma(set1(a[i]), row, c[i][v][s]);
    }
  }
}

/// Pixels that meet all taps. All but one of a pixel's windows stay in registers, as they are those
/// of the pixel before.
template <int kRows, int kVecs, int kTaps>
NN_VECTOR_FUNCTION void tap_steps(Index pixels, const Scalar*& a, Index a_step, const Scalar*& b,
                                  Index b_step, Lanes last, TapSums<kRows, kVecs, kTaps>& c) {
  Vec row[kVecs][kTaps];
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v) {
    NN_UNROLL
    for (int s = 1; s < kTaps; ++s)
      row[v][s] = load_end<true>(b - s * b_step + v * kWidth, v == kVecs - 1, last);
  }
  for (; pixels > 0; --pixels, a += a_step, b += b_step) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v)
      row[v][0] = load_end<true>(b + v * kWidth, v == kVecs - 1, last);
    NN_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const Vec value = set1(a[i]);
      NN_UNROLL
      for (int v = 0; v < kVecs; ++v) {
        NN_UNROLL
        for (int s = 0; s < kTaps; ++s) c[i][v][s] = fma(value, row[v][s], c[i][v][s]);
      }
    }
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) {
      NN_UNROLL
      for (int s = kTaps - 1; s > 0; --s) row[v][s] = row[v][s - 1];
    }
  }
}

/// One line. Two or three taps, so that at most two pixels at an end meet some of them.
template <int kRows, int kVecs, int kTaps>
NN_VECTOR_FUNCTION void tap_line(const TapTile& t, const Scalar* a, const Scalar* b, Lanes last,
                                 TapSums<kRows, kVecs, kTaps>& c) {
  const Index a_step = t.g.a_step, b_step = t.g.b_step;
  if (kTaps == 3 && t.met == 1) {
    tap_step<0, 1>(a, b, b_step, last, c);
    a += a_step;
    b += b_step;
  }
  if (t.met < kTaps) {
    tap_step<0, kTaps - 1>(a, b, b_step, last, c);
    a += a_step;
    b += b_step;
  }
  tap_steps(t.all, a, a_step, b, b_step, last, c);
  if (t.left > 0) tap_step<1, kTaps>(a, b, b_step, last, c);
  if (kTaps == 3 && t.left > 1) tap_step<2, kTaps>(a + a_step, b + b_step, b_step, last, c);
}

template <int kTaps, int kVecs, int kRows>
NN_TARGET void tap_tile(const TapTile& t) {
  const TapProduct& g = t.g;
  const Lanes last = first_lanes(t.last);
  TapSums<kRows, kVecs, kTaps> c;
  NN_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) {
      NN_UNROLL
      for (int s = 0; s < kTaps; ++s) c[i][v][s] = set1(0);
    }
  }
  const auto numbers = static_cast<Index>(g.ahead.size());
  Index asked = t.asked;
  for (Index line = 0; line < g.lines; ++line) {
    tap_line(t, t.a + g.offsets[line], t.b + g.b_rows[line] * g.b_step, last, c);
    asked = ask_for(g.ahead.data(), asked, smaller(asked + t.ahead_step, numbers));
  }
  NN_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) {
      NN_UNROLL
      for (int s = 0; s < kTaps; ++s)
        store_end<true>(t.c + i * g.c_row + s * g.c_tap + v * kWidth, c[i][v][s], v == kVecs - 1,
                        last);
    }
  }
}

/// The tiles of 1, 2, .. rows.
template <int kTaps, int kVecs, class Rows>
struct TapTilesOf;
template <int kTaps, int kVecs, int... kRows>
struct TapTilesOf<kTaps, kVecs, std::integer_sequence<int, kRows...>> {
  static constexpr void (*all[])(const TapTile&) = {tap_tile<kTaps, kVecs, kRows + 1>...};
};
template <int kTaps, int kVecs>
using TapTiles =
    TapTilesOf<kTaps, kVecs, std::make_integer_sequence<int, kTapSums / (kTaps * kVecs)>>;

NN_VECTOR_FUNCTION auto tap_tiles(Index taps, int vectors) {
  if constexpr (kHighTiles)
    if (vectors == 2) return taps == 3 ? +TapTiles<3, 2>::all : +TapTiles<2, 2>::all;
  return taps == 3 ? +TapTiles<3, 1>::all : +TapTiles<2, 1>::all;
}

/// Taps in threes, with a two or two twos at the end.
NN_VECTOR_FUNCTION Index next_taps(Index left) { return left == 2 || left == 4 ? 2 : 3; }

/// How many vectors wide the next tiles are: two if that still makes one tile of all rows, and if
/// there are registers for their windows.
NN_VECTOR_FUNCTION int tap_vectors(const TapProduct& g, Index taps, Index columns) {
  return kHighTiles && columns > kWidth && 2 * taps * g.rows <= kTapSums ? 2 : 1;
}

/// How many numbers each line of each tile asks for ahead. A line takes longer than a piece of
/// multiply_pieces(), so that more are not too many.
NN_VECTOR_FUNCTION Index ahead_step(const TapProduct& g) {
  constexpr Index kMost = 32 * kLine;
  const int vectors = tap_vectors(g, next_taps(g.taps), g.n);
  const Index tiles = ceil_div(g.rows * g.taps, kTapSums) * ceil_div(g.n, vectors * kWidth);
  const auto numbers = static_cast<Index>(g.ahead.size());
  return smaller(kMost, round_up(ceil_div(numbers, tiles * g.lines), kLine));
}

/// The tiles of some taps and columns, below each other. Returns up to where they asked ahead.
NN_TARGET Index run_taps(TapTile t, Index taps, int vectors) {
  const TapProduct& g = t.g;
  const Heights heights = split(g.rows, kTapSums / (taps * vectors));
  for (Index i = 0; i < heights.tiles; ++i) {
    const Index rows = heights.of(i);
    tap_tiles(taps, vectors)[rows - 1](t);
    t.a += rows;
    t.c += rows * g.c_row;
    t.asked = smaller(t.asked + t.ahead_step * g.lines, static_cast<Index>(g.ahead.size()));
  }
  return t.asked;
}

NN_TARGET bool multiply_taps(const TapProduct& g) {
  constexpr Index kMostRows = 11;  // with few registers, higher tiles of single taps read less
  if (!kHighTiles && g.rows > kMostRows) return false;
  TapTile t{.g = g};
  t.ahead_step = ahead_step(g);
  for (Index tap = 0, taps; tap < g.taps; tap += taps) {
    taps = next_taps(g.taps - tap);
    // Pixels [first, end) meet the first of these taps, pixel q in window q + shift.
    const Index shift = g.padding - tap, first = shift < 0 ? -shift : 0;
    const Index end = smaller(g.pixels, g.windows - shift);
    t.met = smaller(taps, first + shift + 1);
    t.all = end - first - (taps - t.met);
    t.left = g.pixels - end;
    t.a = g.a + first * g.a_step;
    t.b = g.b + (first + shift) * g.b_step;
    t.c = g.c + tap * g.c_tap;
    for (Index column = 0, columns; column < g.n; column += columns) {
      const int vectors = tap_vectors(g, taps, g.n - column);
      columns = smaller(vectors * kWidth, g.n - column);
      t.last = static_cast<int>(columns - (vectors - 1) * kWidth);
      t.asked = run_taps(t, taps, vectors);
      t.b += columns;
      t.c += columns;
    }
  }
  return true;
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
