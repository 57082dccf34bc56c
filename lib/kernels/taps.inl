// dL/dW of convolutions along a line of a kernel, whose elements (taps) slide over the pixels.
#pragma once

#include <utility>

#include "kernels/gemm.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// A tile of a TapProduct: some rows, taps and columns, `last` of these in the last vector. The
/// first pixel of a line that meets any of these taps meets `met`, each pixel after it one more.
/// Then `all` pixels meet all of them, and in the `left` last ones, each meets one fewer. a, b: the
/// first pixel's numbers and the window in which it meets the first tap.
struct TapTile {
  const TapProduct& g;
  Index ahead_step, asked = 0;
  const Scalar *a = nullptr, *b = nullptr;
  Scalar* c = nullptr;
  Index met = 0, all = 0, left = 0;
  int last = 0;
};

template <int kRows, int kVecs, int kTaps>
using TapSums = Vec[kRows][kVecs][kTaps];

/// One pixel, which meets taps [kFirst, kEnd). It meets tap 0 in the window at b.
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

/// Pixels that meet all taps, one after the other. All but one of a pixel's windows stay in
/// registers, as they are those of the pixel before.
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
  const Index a_step = g.a_step, b_step = g.b_step;
  Index asked = t.asked;
  for (Index line = 0; line < g.lines; ++line) {
    const Scalar *a = t.a + g.offsets[line], *b = t.b + g.b_rows[line] * b_step;
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
    tap_steps<kRows, kVecs, kTaps>(t.all, a, a_step, b, b_step, last, c);
    if (t.left > 0) tap_step<1, kTaps>(a, b, b_step, last, c);
    if (kTaps == 3 && t.left > 1) tap_step<2, kTaps>(a + a_step, b + b_step, b_step, last, c);
    const Index until = smaller(asked + t.ahead_step, static_cast<Index>(g.ahead.size()));
    for (; asked < until; asked += kLine) __builtin_prefetch(g.ahead.data() + asked);
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

/// The tiles of 1, 2, .. rows, as far as there are registers for their sums.
constexpr int kTapSums = kHighTiles ? 24 : 12;
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
  if (taps == 3) return vectors == 2 ? +TapTiles<3, 2>::all : +TapTiles<3, 1>::all;
  return vectors == 2 ? +TapTiles<2, 2>::all : +TapTiles<2, 1>::all;
}

/// Taps in threes, with a two or two twos at the end.
NN_VECTOR_FUNCTION Index next_taps(Index left) { return left == 2 || left == 4 ? 2 : 3; }

/// How many vectors wide the next tiles are: two if all rows fit into them.
NN_VECTOR_FUNCTION int tap_vectors(const TapProduct& g, Index left) {
  return left > kWidth && 6 * g.rows <= kTapSums ? 2 : 1;
}

/// How many numbers each line of each tile asks for ahead.
NN_VECTOR_FUNCTION Index ahead_step(const TapProduct& g) {
  constexpr Index kMost = 32 * kLine;
  const Index tiles =
      ceil_div(g.rows * g.taps, kTapSums) * ceil_div(g.n, tap_vectors(g, g.n) * kWidth);
  const auto numbers = static_cast<Index>(g.ahead.size());
  return smaller(kMost, round_up(ceil_div(numbers, tiles * g.lines + 1), kLine));
}

NN_TARGET bool multiply_taps(const TapProduct& g) {
  const bool needs_registers = !kHighTiles && g.rows >= 2 * kRows2;
  const bool is_small = smaller(g.pixels, g.windows) < g.taps;
  if (needs_registers || is_small || g.lines * g.windows > kBlockSteps) return false;
  TapTile t{g, ahead_step(g)};
  for (Index column = 0, columns; column < g.n; column += columns) {
    const int vectors = tap_vectors(g, g.n - column);
    columns = smaller(vectors * kWidth, g.n - column);
    t.last = static_cast<int>(columns - (vectors - 1) * kWidth);
    for (Index tap = 0, taps; tap < g.taps; tap += taps) {
      taps = next_taps(g.taps - tap);
      const Index window = g.padding - tap;  // in which the first pixel meets the first tap
      const Index first = window < 0 ? -window : 0;
      t.met = smaller(taps, first + window + 1);
      const Index tail = smaller(g.pixels, g.windows - window);
      t.all = tail - first - (taps - t.met);
      t.left = smaller(taps - 1, g.pixels - tail);
      t.a = g.a + first * g.a_step;
      t.b = g.b + (first + window) * g.b_step + column;
      t.c = g.c + tap * g.c_tap + column;
      const Heights heights = split(g.rows, kTapSums / (taps * vectors));
      for (Index i = 0; i < heights.tiles; ++i) {
        const Index rows = heights.of(i);
        tap_tiles(taps, vectors)[rows - 1](t);
        t.a += rows;
        t.c += rows * g.c_row;
        t.asked = smaller(t.asked + t.ahead_step * g.lines, static_cast<Index>(g.ahead.size()));
      }
    }
  }
  return true;
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
