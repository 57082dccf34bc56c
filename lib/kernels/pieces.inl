// Products whose left factor lies in pieces: those of convolutions, without their windows laid out.
#pragma once

#include "kernels/few_steps.inl"
#include "kernels/gemm.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// The tiles of a strip, counted in units: single rows, or threes if A's rows lie so.
NN_VECTOR_FUNCTION Index unit_of(const PieceProduct& g) { return g.a_threes == 0 ? 1 : 3; }
NN_VECTOR_FUNCTION Heights heights_of(const PieceProduct& g, int vectors) {
  const Index unit = unit_of(g);
  return split(g.rows.length / unit, strip_rows(vectors) / unit);
}

/// The tiles of one strip of columns, piece after piece. Their first step lies `first_step` numbers
/// behind the beginning of a row in A.
NN_TARGET void run_pieces(const PieceProduct& g, Index first_step, Scalar* c, int vectors,
                          PieceTile& t) {
  const Heights heights = heights_of(g, vectors);
  const bool partial = t.last < kWidth;
  const Index unit = unit_of(g), a_unit = unit == 1 ? t.a_row : t.a_threes;
  const Index c_unit = unit == 1 ? t.c_row : t.c_threes;
  const Index asks = t.ahead_step * (1 + ceil_div(t.k - t.together, t.piece));  // of a tile
  const auto& tiles = vectors == 2 ? Tiles2::of_pieces(partial) : Tiles1::of_pieces(partial);
  for (Index i = 0; i < g.rows.count; ++i) {
    t.a_pieces = g.a.data + g.rows.offsets[i];
    t.c = c + g.c_rows[i];
    for (Index j = 0; j < heights.tiles; ++j) {
      const Index units = heights.of(j);
      t.a = t.a_pieces + first_step;
      tiles[unit * units - 1](t);
      t.a_pieces += units * a_unit;
      t.c += units * c_unit;
      t.asked = smaller(t.asked + asks, t.ahead_size);
    }
  }
}

/// How wide the next strip is: one vector where that keeps all threes in one tile.
NN_VECTOR_FUNCTION int vectors_of(const PieceProduct& g, Index left) {
  const bool one_tile = g.a_threes != 0 && g.rows.length > kRows2 && g.rows.length <= kRows1;
  return left > kWidth && !one_tile ? 2 : 1;
}

/// How many numbers each piece of each tile asks for ahead: whole lines, and not too many, which
/// would hold up the tile's own.
NN_VECTOR_FUNCTION Index ahead_step(const PieceProduct& g, Index k) {
  constexpr Index kMost = 16 * kLine;
  const auto numbers = static_cast<Index>(g.ahead.size());
  if (numbers == 0) return 0;
  const int vectors = vectors_of(g, g.n);
  const Index tiles = g.rows.count * heights_of(g, vectors).tiles * ceil_div(g.n, vectors * kWidth);
  const Index pieces = g.steps.count + ceil_div(k, kBlockSteps) - 1;
  return smaller(kMost, round_up(ceil_div(numbers, tiles * pieces), kLine));
}

/// The rows of B, with those between its pieces, that a block of steps reads: [first, last).
struct RowsOfB {
  Index first, last;
};
NN_VECTOR_FUNCTION RowsOfB rows_of_b(const PieceProduct& g, Index begin, Index end) {
  auto row = [&](Index step) { return g.b_rows[step / g.steps.length] + step % g.steps.length; };
  return {row(begin), row(end - 1) + 1};
}

/// How many steps, from `begin` on, are in the same block.
NN_VECTOR_FUNCTION Index steps_of_block(const PieceProduct& g, Index begin) {
  auto number = [&](Index piece) { return g.first_step + g.b_rows[piece]; };
  const Index length = g.steps.length, piece = begin / length;
  const Index end = round_up(number(piece) + begin % length + 1, kBlockSteps);
  Index last = g.steps.count - 1;
  while (last > piece && number(last) >= end) --last;
  return last * length + smaller(length, end - number(last)) - begin;
}

NN_TARGET void multiply_pieces(const PieceProduct& g) {
  const Index k = g.steps.count * g.steps.length, rows = g.rows.count * g.rows.length;
  const MultiplyFew few = multiply_few_for(g);
  if (few && steps_of_block(g, 0) == k) return few(g);
  const bool packs_b = rows >= 4 * kRows2 && g.b.row_stride >= kFar;
  Storage packed;
  PieceTile t{};
  t.piece = g.steps.length;
  t.a_row = g.a.row_stride;
  t.a_threes = g.a_threes == 0 ? 3 * t.a_row : g.a_threes;
  t.a_step = g.a.col_stride;
  t.c_row = g.c.row_stride;
  t.c_threes = g.a_threes == 0 ? 3 * t.c_row : g.c_threes;
  t.ahead = g.ahead.data();
  t.ahead_step = ahead_step(g, k);
  t.ahead_size = static_cast<Index>(g.ahead.size());
  for (Index step = 0; step < k; step += t.k) {
    const Index piece = step / g.steps.length, within = step % g.steps.length;
    t.k = steps_of_block(g, step);
    t.together = smaller(t.k, g.steps.length - within);
    t.offsets = g.steps.offsets + piece;
    t.b_rows = g.b_rows + piece;
    t.beta = step == 0 ? g.beta : Scalar{1};
    const RowsOfB of_b = rows_of_b(g, step, step + t.k);
    t.b_first = of_b.first;
    if (packs_b) packed = Storage(2 * kWidth * (of_b.last - of_b.first));
    Index columns;
    for (Index column = 0; column < g.n; column += columns) {
      const int vectors = vectors_of(g, g.n - column);
      columns = smaller(vectors * kWidth, g.n - column);
      t.last = static_cast<int>(columns - (vectors - 1) * kWidth);
      t.b_step = g.b.row_stride;
      t.b = g.b.data + of_b.first * t.b_step + column;
      if (packs_b) {
        pack({columns, of_b.last - of_b.first, t.b, 1, t.b_step, packed.data(), vectors * kWidth},
             Scalar{1});
        t.b_step = vectors * kWidth;
        t.b = packed.data();
      }
      t.bias = g.bias && step + t.k == k ? g.bias + column : nullptr;
      run_pieces(g, *t.offsets + within * t.a_step, g.c.data + column, vectors, t);
    }
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
