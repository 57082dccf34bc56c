#include <algorithm>
#include <utility>

#include "core/serial_loops.hpp"
#include "kernels/product.hpp"
#include "kernels/speed.hpp"
#include "kernels/table.hpp"
#include "nn/core/storage.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels {
namespace {

/// A thin product takes as long as one of so many rows and columns. Its matrix C takes as long as
/// so many steps of its sum.
constexpr Index kThinRows = 4, kThinColumns = 16, kStepsOfC = 2;

/// No CPU takes long for a product of fewer operations.
constexpr double kFewOperations = 100000;

/// Threads share C in units of so many rows or columns: tiles are as wide as they are, while their
/// height adapts to what there is.
constexpr Index kRowUnit = 4, kColumnUnit = 32;

/// The part of `size` rows or columns that the busiest of the threads would get.
double largest_share(Index size, Index unit) {
  const Index units = (size + unit - 1) / unit, threads = num_threads();
  const Index most = (units + threads - 1) / threads * unit;
  return static_cast<double>(most) / static_cast<double>(size);
}

/// A sum of more than one group is made for a part of C at a time, and as many groups of it at once
/// as this many numbers hold (two at the least).
constexpr Index kPartRows = 256, kPartColumns = 4096, kNumbersAtOnce = 1 << 20;

Product rows_of(Product g, Index begin, Index end) {
  g.m = end - begin;
  g.a.data += begin * g.a.row_stride;
  g.c.data += begin * g.c.row_stride;
  return g;
}

Product columns_of(Product g, Index begin, Index end) {
  g.n = end - begin;
  g.b.data += begin * g.b.col_stride;
  g.c.data += begin * g.c.col_stride;
  if (g.bias) g.bias += begin;
  return g;
}

/// The sum over steps [begin, end), written to c.
Product sum_of(Product g, Index begin, Index end, Matrix c) {
  g.k = end - begin;
  g.a.data += begin * g.a.col_stride;
  g.b.data += begin * g.b.row_stride;
  g.beta = 0;
  g.c = c;
  g.bias = nullptr;
  return g;
}

/// C = S + beta C + bias.
void finish(const Table& table, const Product& g, ConstMatrix s) {
  const bool adds = g.beta == 1 && !g.bias && s.col_stride == 1 && g.c.col_stride == 1;
  for (Index i = 0; i < g.m; ++i) {
    const Scalar* sums = s.data + i * s.row_stride;
    Scalar* c = g.c.data + i * g.c.row_stride;
    if (adds) {
      table.axpy(g.n, 1, sums, c);
      continue;
    }
    for (Index j = 0; j < g.n; ++j) {
      Scalar value = sums[j * s.col_stride];
      if (g.beta != 0) value += g.beta * c[j * g.c.col_stride];
      c[j * g.c.col_stride] = g.bias ? value + g.bias[j] : value;
    }
  }
}

/// Threads share the parts of the sum, blocks or groups of `steps` each.
void share_sum(const Table& table, const Product& g, Index steps) {
  const Index size = g.m * g.n, parts = (g.k + steps - 1) / steps;
  const Index places = std::min(parts, std::max<Index>(2, kNumbersAtOnce / size));
  const Storage room(places * size);
  Scalar* sums = room.data();  // the first place: all parts so far
  for (Index done = 0; done < parts;) {
    const Index place = done == 0 ? 0 : 1, count = std::min(parts - done, places - place);
    parallel_for(count, 1, [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) {
        const Index step = (done + i) * steps;
        table.multiply(
            sum_of(g, step, std::min(g.k, step + steps), {sums + (place + i) * size, g.n, 1}));
      }
    });
    for (Index i = 1; i < place + count; ++i) table.axpy(size, 1, sums + i * size, sums);
    done += count;
  }
  finish(table, g, {sums, g.n, 1});
}

void multiply_part(const Table& table, const Product& g) {
  if (g.k <= kBlockSteps || (g.beta == 0 && g.k <= kGroupSteps)) return table.multiply(g);
  for (Index row = 0; row < g.m; row += kPartRows) {
    const Product rows = rows_of(g, row, std::min(g.m, row + kPartRows));
    for (Index column = 0; column < g.n; column += kPartColumns)
      share_sum(table, columns_of(rows, column, std::min(g.n, column + kPartColumns)), kGroupSteps);
  }
}

/// Whether threads are done sooner, by a tenth at the least, if the busiest of them gets that share
/// of the operations. Half of the numbers that are read then come from another CPU's cache, of so
/// many sums of blocks as well; those that are only written cost half as much.
bool is_worth_sharing(const Product& g, double operations, double share, Index sums = 0) {
  constexpr double kWaking = 1000, kBytesPerNs = 80;
  const double read = static_cast<double>(g.m * g.k + g.k * g.n + sums) * sizeof(Scalar);
  const double written = static_cast<double>(g.m * g.n) * sizeof(Scalar);
  const double moved = (read + (g.beta == 0 ? 0.5 : 1) * written) / 2;
  const double alone = operations / operations_per_ns();
  return kWaking + share * alone + moved / kBytesPerNs < 0.9 * alone;
}

/// The numbers that the blocks of its sums give, if threads should rather share these: B is much
/// larger, and each thread reads rows of B of its own. In training, x W and the gradient of W then
/// touch the same rows of W on the same CPU. Else 0.
Index sums_of_blocks(const Product& g) {
  const bool fits = g.k > kBlockSteps && g.k <= kGroupSteps && 4 * g.m <= kBlockSteps;
  const Index sums = fits ? (g.k + kBlockSteps - 1) / kBlockSteps * g.m * g.n : 0;
  return sums > kNumbersAtOnce || detail::loops_run_alone() ? 0 : sums;
}

/// Threads share the rows of C, its columns, or the blocks or groups of its sums.
void multiply(const Table& table, const Product& g) {
  const Index m = std::max(g.m, kThinRows), n = std::max(g.n, kThinColumns);
  const Index k = g.k + kStepsOfC;
  const double operations =
      2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  if (operations < kFewOperations || num_threads() == 1) return multiply_part(table, g);
  const double rows = largest_share(g.m, kRowUnit), columns = largest_share(g.n, kColumnUnit);
  const double share = std::min(rows, columns);
  if (const Index sums = sums_of_blocks(g); sums > 0) {
    // Reading half of B saves more than a slightly larger share costs.
    constexpr double kLess = 1.2;
    const double blocks = largest_share(g.k, kBlockSteps);
    if (blocks < kLess * share && is_worth_sharing(g, operations, blocks, sums))
      return share_sum(table, g, kBlockSteps);
  }
  if (largest_share(g.k, kGroupSteps) < share || !is_worth_sharing(g, operations, share))
    return multiply_part(table, g);
  const bool by_rows = rows < columns || (rows == columns && g.m >= g.n);
  const Index size = by_rows ? g.m : g.n, unit = by_rows ? kRowUnit : kColumnUnit;
  const Index work = unit * k * (by_rows ? n : m);  // multiplications of one unit
  // Waking is counted in is_worth_sharing(): a part need only be long beside handing it out.
  const Index least = thread_grain() / 3;
  parallel_for((size + unit - 1) / unit, (least + work - 1) / work, [&](Index begin, Index end) {
    const Index first = begin * unit, last = std::min(end * unit, size);
    multiply_part(table, by_rows ? rows_of(g, first, last) : columns_of(g, first, last));
  });
}

Product transposed(const Product& g) {
  auto flip = [](auto view) {
    std::swap(view.row_stride, view.col_stride);
    return view;
  };
  return {g.n, g.m, g.k, g.alpha_b, g.alpha_a, flip(g.b), flip(g.a), g.beta, flip(g.c), nullptr};
}

void multiply_any(const Table& table, const Product& g) {
  if (g.m <= 0 || g.n <= 0) return;
  if (g.k <= 0) {
    const Scalar zero = 0;
    return finish(table, g, {&zero, 0, 0});
  }
  // C^T = B^T A^T has the same sums. Its rows are contiguous if C's columns are, and fill vectors
  // if C is a single column.
  const bool column = g.n == 1 && g.m > 1 && g.c.row_stride == 1;
  if (column || (g.c.row_stride == 1 && g.c.col_stride != 1)) {
    multiply(table, transposed(g));
    if (!g.bias) return;
    for (Index j = 0; j < g.n; ++j)
      for (Index i = 0; i < g.m; ++i) g.c.data[i + j * g.c.col_stride] += g.bias[j];
  } else if (g.c.col_stride == 1 || g.n == 1) {
    multiply(table, g);
  } else {
    const Storage room(g.m * g.n);
    const Matrix sums{room.data(), g.n, 1};
    multiply(table, sum_of(g, 0, g.k, sums));
    finish(table, g, {sums.data, g.n, 1});
  }
}

}  // namespace

void gemm(const Table& table, const Product& product) { multiply_any(table, product); }
void gemm(const Product& product) { multiply_any(active(), product); }

}}}  // namespace nn::NN_PRECISION::kernels
