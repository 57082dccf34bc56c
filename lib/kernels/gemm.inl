// Blocks a product for the caches and runs its tiles, after Goto and van de Geijn, "Anatomy of
// High-Performance Matrix Multiplication" (2008). Small products are not packed: their tiles read A
// and B in place.
#pragma once

#include "kernels/outer_product.inl"
#include "kernels/pack.inl"
#include "kernels/product.hpp"
#include "kernels/row_product.inl"
#include "kernels/tile.inl"
#include "nn/core/storage.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

constexpr Index kColumnsPerBlock = 4096;
constexpr Index kPage = 4096 / sizeof(Scalar);
constexpr Index kFar = 2048 / sizeof(Scalar);  // from one row to the next
constexpr Index kRowsPerBlock = 16 * kRows2;
constexpr Index kRowsOfLarge = kHighTiles ? kRowsPerBlock : 4 * kRows2;
constexpr Index kStepsAtOnce = 16;  // of a panel of A, before the next panel's
constexpr Index kFewSteps =
    32;  // packing for fewer costs as much as it saves, but in thin products

/// One block of a product: rows [row, row + rows), columns likewise, steps [step, step + steps).
struct Block {
  Index row, rows, column, columns, step, steps;
};

/// What is packed; whether B is not, with its rows on different pages; whether its strips are two
/// vectors wide, as three are too much for the first cache; whether B's next strip, before it is
/// packed, or C's part of each tile, is asked for ahead; of A, how many rows to a panel, and how
/// many it has room for.
struct Packing {
  bool a, b, far_b, pairs, brings_b, brings_c;
  Index panel_rows, panel;
};

/// Whether rows or columns lie whole pages apart, where they crowd each other out of the first
/// cache.
NN_VECTOR_FUNCTION bool is_on_pages(Index stride) {
  const Index beyond_page = stride % kPage;
  return stride >= kPage && (beyond_page < kLine || beyond_page > kPage - kLine);
}

/// Whether to pack B would cost more than it saves, as few tiles read each number. Rows whole pages
/// apart should be packed, but where many steps and high tiles leave time to wait for them.
NN_VECTOR_FUNCTION bool stays_in_place(const Product& g) {
  constexpr Index kMostRows = kHighTiles ? 512 : 256, kManySteps = 4 * kFewSteps;
  if (g.m > kMostRows || g.k < kFewSteps) return false;
  if (is_on_pages(g.b.row_stride) && !(kHighTiles && g.k >= kManySteps)) return false;
  return g.m <= kRowsPerBlock || g.k <= kBlockSteps;
}

/// Packing costs one pass over a matrix. It pays where values would be read in place often and from
/// lines so far apart that they crowd each other out of the first cache, as rows of B may. For
/// more than two tiles of C it pays already if B has a few rows, or by few registers if they are
/// whole pages apart.
NN_VECTOR_FUNCTION bool packs_b(const Product& g, Index steps) {
  if (g.alpha_b != Scalar{1} || g.b.col_stride != 1) return true;
  const bool is_far = g.b.row_stride >= kFar && g.k >= kFewSteps;
  if (!is_far && !is_crowd(steps, g.b.row_stride, kFirstCache)) return false;
  const bool packs_early = kHighTiles ? 2 * steps <= kFewSteps : is_on_pages(g.b.row_stride);
  return g.m >= (packs_early ? 2 * kRows2 + 1 : 4 * kRows2) && !stays_in_place(g);
}

/// High tiles have time to wait for A. Else more than a few columns are packed if they are whole
/// pages apart, or, for many strips, if they crowd each other out of the second cache; a fifth of
/// that is B's. Rows are streams, as good as packed.
NN_VECTOR_FUNCTION bool packs_a(const Product& g, Index steps) {
  if (g.alpha_a != Scalar{1}) return true;
  if (kHighTiles || g.k <= kFewSteps || g.n < 8 * kWidth || g.m * g.k < 65536) return false;
  const bool is_crowded = is_crowd(steps + steps / 4, g.a.col_stride, kSecondCache);
  return is_on_pages(g.a.col_stride) || (is_crowded && g.n >= 64 * kWidth);
}

NN_VECTOR_FUNCTION Packing choose_packing(const Product& g) {
  const Index steps = smaller(g.k, kBlockSteps);
  Packing packing{};
  packing.a = packs_a(g, steps);
  packing.b = packs_b(g, steps);
  packing.pairs = packing.b && !kHighTiles && 3 * kWidth * steps > kFirstCache;
  const bool on_pages = g.b.row_stride >= kPage;
  const bool one_behind_the_other = g.b.row_stride == 1 && g.b.col_stride == g.k;
  packing.far_b = !packing.b && on_pages;
  packing.brings_b = g.b.col_stride == 1
                         ? on_pages && (packing.b || (g.m >= 4 * kRows2 && g.k >= kFewSteps))
                         : one_behind_the_other;
  packing.brings_c = steps >= 4 * kFewSteps && g.m * g.n > kSecondCache;
  packing.panel_rows = strip_rows(strip_vectors(g.m, g.n, packing.b, packing.far_b, packing.pairs));
  packing.panel = round_up(packing.panel_rows, kWidth);
  return packing;
}

/// The most rows of a block: few where B's part does not fit into the second cache beside A's.
NN_VECTOR_FUNCTION Index most_rows(const Product& g, const Packing& packing) {
  const bool large = packing.pairs && smaller(g.k, kBlockSteps) * g.n > kSecondCache;
  return large && g.m > kRowsPerBlock ? kRowsOfLarge : kRowsPerBlock;
}

/// Room for the packed parts of A and B; null where nothing is packed.
struct Packed {
  Storage a, b;
};

/// For blocks of that many rows: all of B is kept for the next ones, if there are any.
NN_TARGET Packed room_for(const Product& g, const Packing& packing, Index rows) {
  const Index steps = smaller(g.k, kBlockSteps);
  const Index columns = rows < g.m ? round_up(smaller(g.n, kColumnsPerBlock), kWidth) : 8 * kWidth;
  Packed room;
  if (packing.a) room.a = Storage(ceil_div(rows, packing.panel_rows) * packing.panel * steps);
  if (packing.b) room.b = Storage(columns * steps);
  return room;
}

/// Brings a panel's rows of A into the second cache, for a few steps from `step` on.
NN_VECTOR_FUNCTION void ask_for_a(const Product& g, Index row, Index step, const Packing& packing) {
  const Scalar* a = g.a.data + row * g.a.row_stride + step * g.a.col_stride;
  const bool rows = g.a.col_stride == 1;
  const Index stride = rows ? g.a.row_stride : g.a.col_stride, width = rows ? kStepsAtOnce : 1;
  for (Index left = rows ? packing.panel_rows : kStepsAtOnce; left > 0; --left, a += stride)
    for (Index i = 0; i < width; i += kLine) __builtin_prefetch(a + i, 0, 2);
}

/// A's rows of a block, one panel for each tile. A panel's spare lanes get rows of the next tile:
/// whole vectors are faster to copy. All panels get a few steps before any gets more, so that each
/// line of memory is read once.
NN_TARGET void pack_a(const Product& g, const Block& block, const Packing& packing,
                      Scalar* packed) {
  const Index tiles = ceil_div(block.rows, packing.panel_rows), panel = packing.panel;
  for (Index step = 0; step < block.steps; step += kStepsAtOnce) {
    const Index steps = smaller(kStepsAtOnce, block.steps - step);
    Scalar* to = packed + step * panel;
    Index row = block.row;
    for (Index left = tiles; left > 0; --left, to += panel * block.steps) {
      if (step + steps < block.steps) ask_for_a(g, row, block.step + step + steps, packing);
      pack({smaller(panel, g.m - row), steps,
            g.a.data + row * g.a.row_stride + (block.step + step) * g.a.col_stride, g.a.row_stride,
            g.a.col_stride, to, panel},
           g.alpha_a);
      row += ceil_div(block.row + block.rows - row, left);
    }
  }
}

/// Asks for `rows` rows of `columns` numbers.
NN_VECTOR_FUNCTION void bring(const Scalar* first, Index row_stride, Index rows, Index columns) {
  for (; rows > 0; --rows, first += row_stride)
    for (Index column = 0; column < columns; column += kLine) __builtin_prefetch(first + column);
}

/// The tiles of a strip: `higher` of low + 1 rows, then the others of low rows.
struct Heights {
  Index tiles, low, higher;
  Index of(Index tile) const { return low + (tile < higher ? 1 : 0); }
};
NN_VECTOR_FUNCTION Heights split(Index rows, Index highest) {
  if (rows <= highest) return {1, rows, 0};
  const Index tiles = ceil_div(rows, highest);
  return {tiles, rows / tiles, rows % tiles};
}

/// Lines of memory that the next strip needs: tile i asks for one at each step, from first + i line
/// on and `step` numbers apart, unless it is beyond the last of that many `tiles`.
struct Ahead {
  const Scalar* first;
  Index step, line, tiles;
};

/// B's part for the next strip, `columns` wide, which the CPU does not foresee: with rows on
/// different pages, a line of each row to a tile; else columns one behind the other, if the block
/// has most of their steps.
NN_VECTOR_FUNCTION Ahead ahead_of(const Product& g, const Block& block, const Scalar* next_b,
                                  Index columns) {
  if (g.b.col_stride == 1) return {next_b, g.b.row_stride, kLine, ceil_div(columns, kLine)};
  if (4 * block.steps < 3 * g.k) return {};
  const Index line = kLine * block.steps;
  return {next_b, kLine, line, ceil_div(columns * g.b.col_stride, line)};
}

/// Of a packed B, which later rows read again: from the third cache if it does not fit into the
/// second one beside A's part.
NN_VECTOR_FUNCTION Ahead ahead_of_packed(const Block& block, const Scalar* next_b, Index columns) {
  if (block.columns * block.steps <= kSecondCache / 2) return {};
  return {next_b, kLine, kLine * block.steps, ceil_div(columns, kLine)};
}

/// The tiles of one strip of columns. Meanwhile what the next one needs comes nearer, and each
/// tile's part of C if asked for.
NN_TARGET void run_strip(const Product& g, const Block& block, const Heights& heights, int vectors,
                         Tile& t, const Scalar* packed_a, Index panel, const Ahead& ahead,
                         bool brings_c) {
  t.a = packed_a ? packed_a : g.a.data + block.row * g.a.row_stride + block.step * g.a.col_stride;
  for (Index i = 0; i < heights.tiles; ++i) {
    const Index rows = heights.of(i);
    const bool asks = i < ahead.tiles;
    t.ahead = asks ? ahead.first + i * ahead.line : t.a;
    t.ahead_step = asks ? ahead.step : 0;
    if (brings_c) bring(t.c, t.c_row, rows, (vectors - 1) * kWidth + t.last);
    run_tile(rows, vectors, t);
    t.c += rows * g.c.row_stride;
    t.a += packed_a ? panel : rows * g.a.row_stride;
  }
}

/// A tile in the first row and column of a product that reads A and B in place. Each field has its
/// value here: to set them all to 0 before takes longer than a small tile.
NN_VECTOR_FUNCTION Tile tile_of(const Product& g) {
  return {.k = g.k,
          .a = g.a.data,
          .a_row = g.a.row_stride,
          .a_threes = 3 * g.a.row_stride,
          .a_step = g.a.col_stride,
          .b = g.b.data,
          .b_step = g.b.row_stride,
          .beta = g.beta,
          .c = g.c.data,
          .c_row = g.c.row_stride,
          .c_threes = 3 * g.c.row_stride,
          .bias = g.bias,
          .last = 0,
          .ahead = g.a.data,
          .ahead_step = 0};
}

/// Gives t its strip of B, `columns` wide. If `packed` is not null, the strip is there, once the
/// first rows have packed it. Returns what the next strip needs, `next` columns wide.
NN_VECTOR_FUNCTION Ahead take_strip(const Product& g, const Block& block, const Packing& packing,
                                    Index column, Index columns, Index next, Scalar* packed,
                                    Tile& t) {
  const bool first_rows = block.row == 0;
  t.b = g.b.data + block.step * g.b.row_stride + column * g.b.col_stride;
  t.b_step = g.b.row_stride;
  Ahead ahead{};
  if (packing.brings_b && first_rows)
    ahead = ahead_of(g, block, t.b + columns * g.b.col_stride, next);
  if (!packed) return ahead;
  const Index width = round_up(columns, kWidth);
  if (first_rows)
    pack({columns, block.steps, t.b, g.b.col_stride, g.b.row_stride, packed, width}, g.alpha_b);
  else
    ahead = ahead_of_packed(block, packed + columns * block.steps, next);
  t.b = packed;
  t.b_step = width;
  return ahead;
}

NN_TARGET void run_block(const Product& g, const Block& block, const Packing& packing,
                         const Packed& room) {
  const bool all_rows = block.rows == g.m, last_steps = block.step + block.steps == g.k;
  Scalar *packed_a = room.a.data(), *packed_b = room.b.data();
  if (packed_a) pack_a(g, block, packing, packed_a);
  Tile t = tile_of(g);
  t.k = block.steps;
  if (packed_a) {
    t.a_row = 1;
    t.a_threes = 3;
    t.a_step = packing.panel;
  }
  if (block.step > 0) t.beta = 1;
  int before = 0;
  Heights heights{};
  Index columns;
  for (Index done = 0; done < block.columns; done += columns) {
    const Index left = block.columns - done, column = block.column + done;
    const int vectors = strip_vectors(g.m, left, packing.b, packing.far_b, packing.pairs);
    if (vectors != before)
      heights = split(block.rows, packed_a ? packing.panel_rows : strip_rows(vectors));
    before = vectors;
    columns = smaller(left, vectors * kWidth);
    t.last = static_cast<int>(columns - (vectors - 1) * kWidth);
    Scalar* packed = packed_b ? packed_b + (all_rows ? 0 : done * block.steps) : nullptr;
    const Ahead ahead =
        take_strip(g, block, packing, column, columns, smaller(columns, left - columns), packed, t);
    t.c = g.c.data + block.row * g.c.row_stride + column;
    t.bias = g.bias && last_steps ? g.bias + column : nullptr;
    run_strip(g, block, heights, vectors, t, packed_a, packing.panel * block.steps, ahead,
              packing.brings_c);
  }
}

/// Whether all of the product stays in the first cache: nothing is packed or asked for ahead.
NN_VECTOR_FUNCTION bool is_small(const Product& g) {
  return g.b.col_stride == 1 && g.b.row_stride < kFar && g.k * g.b.row_stride <= kFirstCache &&
         g.k <= kBlockSteps && g.m <= kRowsPerBlock && g.alpha_a == Scalar{1} &&
         g.alpha_b == Scalar{1};
}

/// The tiles of a small product, strip after strip.
NN_TARGET void multiply_small(const Product& g) {
  Tile t = tile_of(g);
  Index columns;
  for (Index column = 0; column < g.n; column += columns) {
    const int vectors = strip_vectors(g.m, g.n - column, false, false, false);
    columns = smaller(g.n - column, vectors * kWidth);
    t.last = static_cast<int>(columns - (vectors - 1) * kWidth);
    t.a = g.a.data;
    t.b = g.b.data + column;
    t.c = g.c.data + column;
    t.bias = g.bias ? g.bias + column : nullptr;
    const Heights heights = split(g.m, strip_rows(vectors));
    for (Index i = 0; i < heights.tiles; ++i) {
      const Index rows = heights.of(i);
      run_tile(rows, vectors, t);
      t.a += rows * t.a_row;
      t.c += rows * t.c_row;
    }
  }
}

/// Whether writing C takes the most time: few steps and long rows. If B must be packed, it should
/// be read more than once.
NN_VECTOR_FUNCTION bool is_thin(const Product& g) {
  const bool in_place = g.b.col_stride == 1 && g.alpha_b == Scalar{1};
  return g.k <= kFewSteps && g.m > (in_place ? 1 : kRows3) && g.n >= kPage &&
         g.alpha_a == Scalar{1};
}

/// B is packed if its rows, pages apart, crowd each other out of the first cache, which holds a
/// dozen lines at the same place, and if enough tiles read them. Rows of a large C, pages apart
/// too, take part.
NN_VECTOR_FUNCTION bool packs_thin_b(const Product& g) {
  if (g.alpha_b != Scalar{1} || g.b.col_stride != 1) return true;
  if (g.b.row_stride % kPage != 0) return false;
  constexpr Index kDozen = 12, kTiles = kHighTiles ? 4 : 1, kRowsWithC = 32;
  if (g.k > kDozen) return g.m > kTiles * kRows3;
  return g.k + kRows3 > kDozen && g.c.row_stride % kPage == 0 && g.m >= kRowsWithC &&
         g.m * g.n > kSecondCache;
}

/// The tiles of a few rows of C, one beside the other: each row is a stream. They are two vectors
/// wide if three would need more tiles.
NN_TARGET void run_rows(Index rows, Index columns, Tile t) {
  int vectors;
  for (; columns > 0; columns -= vectors * kWidth) {
    vectors = strip_vectors(rows, columns, false, true, false);
    const Index used = smaller(columns, vectors * kWidth);
    t.last = static_cast<int>(used - (vectors - 1) * kWidth);
    run_tile(rows, vectors, t);
    t.b += used;
    t.c += used;
    if (t.bias) t.bias += used;
  }
}

/// A few rows along many columns before the next rows: tiles below each other would have lines of C
/// and of B, pages apart, that crowd each other out.
NN_TARGET void multiply_thin(const Product& g) {
  constexpr Index kUnit = 24 * kWidth;  // whole strips of any width
  const bool packs = packs_thin_b(g);
  const Index at_once = 2 * kFirstCache / g.k / kUnit * kUnit;
  // One tile for all rows, two vectors wide, unless its additional loads take longer.
  const bool one_tile = g.m <= kRows2 && (!kHighTiles || g.k >= 24);
  const Heights heights = split(g.m, one_tile ? kRows2 : kRows3);
  Storage packed;
  const Index room = round_up(smaller(g.n, at_once), kWidth);
  const Index to_step = room % kFar == 0 ? room + kLine : room;  // lest packed rows do the same
  if (packs) packed = Storage(g.k * to_step);
  Tile t = tile_of(g);
  for (Index column = 0, columns; column < g.n; column += columns) {
    columns = smaller(at_once, g.n - column);
    t.b = g.b.data + column * g.b.col_stride;
    t.b_step = g.b.row_stride;
    if (packs) {
      pack({columns, g.k, t.b, g.b.col_stride, g.b.row_stride, packed.data(), to_step}, g.alpha_b);
      t.b = packed.data();
      t.b_step = to_step;
    }
    t.bias = g.bias ? g.bias + column : nullptr;
    for (Index i = 0, row = 0, rows; i < heights.tiles; ++i, row += rows) {
      rows = heights.of(i);
      t.a = g.a.data + row * g.a.row_stride;
      t.c = g.c.data + row * g.c.row_stride + column;
      run_rows(rows, columns, t);
    }
  }
}

NN_TARGET void multiply_blocks(const Product& g) {
  const Packing packing = choose_packing(g);
  if (g.m <= kRowsPerBlock && g.n <= kColumnsPerBlock && g.k <= kBlockSteps)
    return run_block(g, {0, g.m, 0, g.n, 0, g.k}, packing, room_for(g, packing, g.m));
  const Index equal_rows = ceil_div(g.m, ceil_div(g.m, most_rows(g, packing)));
  const Index rows = round_up(equal_rows, kRows2), columns = kColumnsPerBlock;
  const Packed room = room_for(g, packing, smaller(rows, g.m));
  for (Index column = 0; column < g.n; column += columns) {
    for (Index step = 0; step < g.k; step += kBlockSteps) {
      for (Index row = 0; row < g.m; row += rows) {
        run_block(g,
                  {row, smaller(rows, g.m - row), column, smaller(columns, g.n - column), step,
                   smaller(kBlockSteps, g.k - step)},
                  packing, room);
      }
    }
  }
}

/// to (columns, rows), each row whole vectors long at the least, = from^T.
NN_TARGET void copy_transposed_in(Index rows, Index columns, const Matrix& from, Scalar* to,
                                  Index to_row) {
  pack({rows, columns, from.data, from.row_stride, 1, to, to_row}, Scalar{1});
}

/// to (rows, columns) = from^T.
NN_TARGET void copy_transposed_out(Index rows, Index columns, const Scalar* from, Index from_row,
                                   const Matrix& to) {
  for (Index column = 0; column < columns; column += kWidth) {
    const int count = static_cast<int>(smaller(columns - column, kWidth));
    const Lanes lanes = first_lanes(count);
    for (Index row = 0; row < rows; row += kSteps) {
      const int steps = static_cast<int>(smaller(rows - row, kSteps));
      Vec values[kSteps] = {};
      load_steps<false, false>({from + column * from_row + row, from_row, count}, steps, values);
      for (int s = 0; s < steps; ++s)
        store_lanes(to.data + (row + s) * to.row_stride + column, values[s], lanes);
    }
  }
}

/// Whether C's rows would fill so little of their vectors that it pays to make C^T = B^T A^T and to
/// copy it: if A^T lies well as it is, or lies as B does and is packed, which pays for rows whole
/// pages apart, or where at least half of the vectors is lost.
NN_VECTOR_FUNCTION bool is_narrow(const Product& g) {
  const Index lanes = round_up(g.n, kWidth);
  if (g.bias || lanes > 2 * kWidth || 4 * g.n > 3 * lanes || g.m < 2 * kWidth || g.k < 16)
    return false;
  if (g.a.row_stride == 1) return true;
  const bool may_pay = is_on_pages(g.a.row_stride) || (2 * g.n <= lanes && g.k >= 64);
  return g.a.col_stride == 1 && g.b.row_stride == 1 && may_pay;
}

NN_VECTOR_FUNCTION Product transposed_into(const Product& g, Scalar* c, Index c_row) {
  return {g.n,
          g.m,
          g.k,
          g.alpha_b,
          g.alpha_a,
          {g.b.data, g.b.col_stride, g.b.row_stride},
          {g.a.data, g.a.col_stride, g.a.row_stride},
          g.beta,
          {c, c_row, 1},
          nullptr};
}

NN_TARGET void multiply(const Product& g) {
  if (g.k == 1 && g.b.col_stride == 1 && !g.bias) return multiply_outer(g);
  if (is_row_by_rows(g)) return multiply_row_by_rows(g);
  if (is_row_by_columns(g)) return multiply_row_by_columns(g);
  if (is_thin(g)) return multiply_thin(g);
  if (!is_narrow(g)) return is_small(g) ? multiply_small(g) : multiply_blocks(g);
  const Index length = round_up(g.m, kWidth);
  const Storage transposed(g.n * length);
  Scalar* c = transposed.data();
  if (g.beta != Scalar{0}) copy_transposed_in(g.m, g.n, g.c, c, length);
  multiply_blocks(transposed_into(g, c, length));
  copy_transposed_out(g.m, g.n, c, length, g.c);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
