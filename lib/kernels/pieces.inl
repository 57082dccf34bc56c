// Products whose left factor lies in pieces: those of convolutions, without their windows laid out.
#pragma once

#include "kernels/gemm.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// The tiles of one strip of columns, piece after piece.
NN_TARGET void run_pieces(const PieceProduct& g, const Scalar* a, Scalar* c, int vectors, Tile& t) {
  const Heights heights = split(g.rows.length, strip_rows(vectors));
  const bool partial = t.last < kWidth;
  const auto& tiles = vectors == 2 ? Tiles2::of_pieces(partial) : Tiles1::of_pieces(partial);
  for (Index i = 0; i < g.rows.count; ++i) {
    t.a = a + g.rows.offsets[i];
    t.c = c + g.c_rows[i];
    for (Index j = 0; j < heights.tiles; ++j) {
      const Index rows = heights.low + (j < heights.higher ? 1 : 0);
      tiles[rows - 1](t);
      t.a += rows * g.a.row_stride;
      t.c += rows * g.c.row_stride;
    }
  }
}

NN_TARGET void multiply_pieces(const PieceProduct& g) {
  const Index k = g.steps.count * g.steps.length, rows = g.rows.count * g.rows.length;
  const bool packs_b = rows >= 4 * kRows2 && g.b.row_stride >= kFar;
  Storage packed;
  if (packs_b) packed = Storage(2 * kWidth * smaller(k, kBlockSteps));
  Tile t{};
  t.piece = g.steps.length;
  t.a_row = g.a.row_stride;
  t.a_step = g.a.col_stride;
  t.c_row = g.c.row_stride;
  for (Index step = 0; step < k; step += t.k) {
    const Index within = step % g.steps.length;
    t.k = smaller(kBlockSteps - (g.skipped + step) % kBlockSteps, k - step);
    t.together = smaller(t.k, g.steps.length - within);
    t.offsets = g.steps.offsets + step / g.steps.length;
    t.beta = step == 0 ? g.beta : Scalar{1};
    const Scalar* a = g.a.data + *t.offsets + within * t.a_step;
    Index columns;
    for (Index column = 0; column < g.n; column += columns) {
      const int vectors = g.n - column > kWidth ? 2 : 1;
      columns = smaller(vectors * kWidth, g.n - column);
      t.last = static_cast<int>(columns - (vectors - 1) * kWidth);
      t.b = g.b.data + step * g.b.row_stride + column;
      t.b_step = g.b.row_stride;
      if (packs_b) {
        pack({columns, t.k, t.b, 1, t.b_step, packed.data(), vectors * kWidth}, Scalar{1});
        t.b = packed.data();
        t.b_step = vectors * kWidth;
      }
      t.bias = g.bias && step + t.k == k ? g.bias + column : nullptr;
      run_pieces(g, a, g.c.data + column, vectors, t);
    }
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
