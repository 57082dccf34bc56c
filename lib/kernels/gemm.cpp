#include <algorithm>
#include <utility>

#include "kernels/scratch.hpp"
#include "kernels/table.hpp"
#include "nn/core/threads.hpp"

namespace nn::inline NN_PRECISION::kernels {
namespace {

/// Operations that each thread gets, at the least: less would not pay for waking it. A thin product
/// takes as long as one of so many rows, columns and steps.
constexpr Index kThreadGrain = 1000000;
constexpr Index kThinRows = 8, kThinColumns = 16, kThinSteps = 16;

/// Threads share a matrix C in units of so many rows or columns: tiles are as wide as they are,
/// while their height adapts to what there is.
constexpr Index kRowUnit = 4, kColumnUnit = 32;

/// The part of `size` rows or columns that the busiest of the threads would get.
double largest_share(Index size, Index unit) {
  const Index units = (size + unit - 1) / unit, threads = num_threads();
  return static_cast<double>((units + threads - 1) / threads * unit) / static_cast<double>(size);
}

/// Makes C the empty sum: beta C + bias.
void scale(const Product& g) {
  for (Index i = 0; i < g.m; ++i) {
    for (Index j = 0; j < g.n; ++j) {
      Scalar& c = g.c.data[i * g.c.row_stride + j * g.c.col_stride];
      c = g.beta == 0 ? Scalar{0} : g.beta * c;
      if (g.bias) c += g.bias[j];
    }
  }
}

void multiply_threaded(const Table& table, const Product& g) {
  const Index m = std::max(g.m, kThinRows), n = std::max(g.n, kThinColumns);
  const Index k = std::max(g.k, kThinSteps);
  const double operations =
      2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  if (operations < 2.0 * kThreadGrain) return table.multiply(g);
  const double rows = largest_share(g.m, kRowUnit), columns = largest_share(g.n, kColumnUnit);
  const bool by_rows = rows < columns || (rows == columns && g.m >= g.n);
  const Index unit = by_rows ? kRowUnit : kColumnUnit;
  const Index units = ((by_rows ? g.m : g.n) + unit - 1) / unit;
  const Index work = 2 * unit * k * (by_rows ? n : m);  // of one unit
  parallel_for(units, (kThreadGrain + work - 1) / work, [&](Index begin, Index end) {
    Product part = g;
    const Index from = begin * unit;
    if (by_rows) {
      part.m = std::min(end * unit, g.m) - from;
      part.a.data += from * g.a.row_stride;
      part.c.data += from * g.c.row_stride;
    } else {
      part.n = std::min(end * unit, g.n) - from;
      part.b.data += from * g.b.col_stride;
      part.c.data += from;
      if (g.bias) part.bias += from;
    }
    table.multiply(part);
  });
}

Product transposed(const Product& g) {
  auto flip = [](auto view) {
    std::swap(view.row_stride, view.col_stride);
    return view;
  };
  return {g.n, g.m, g.k, g.alpha_b, g.alpha_a, flip(g.b), flip(g.a), g.beta, flip(g.c), nullptr};
}

void copy(Index m, Index n, ConstMatrix from, Matrix to) {
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < n; ++j)
      to.data[i * to.row_stride + j * to.col_stride] =
          from.data[i * from.row_stride + j * from.col_stride];
}

/// For a C whose elements are apart in both directions: the product is made elsewhere and copied.
void multiply_copied(const Table& table, Product g) {
  const Matrix c = g.c;
  g.c = {scratch(Scratch::product, g.m * g.n), g.n, 1};
  if (g.beta != 0) copy(g.m, g.n, {c.data, c.row_stride, c.col_stride}, g.c);
  multiply_threaded(table, g);
  copy(g.m, g.n, {g.c.data, g.n, 1}, c);
}

}  // namespace

void gemm(const Table& table, Index m, Index n, Index k, Scalar alpha, ConstMatrix a, ConstMatrix b,
          Scalar beta, Matrix c, const Scalar* bias) {
  if (m <= 0 || n <= 0) return;
  const bool scale_a = m <= n;
  Product g{m, n, k, scale_a ? alpha : Scalar{1}, scale_a ? Scalar{1} : alpha, a, b, beta, c, bias};
  if (k <= 0) return scale(g);
  // C^T = B^T A^T has the same sums. Its rows are contiguous if C's columns are, and fill vectors
  // if C is a single column.
  const bool column = n == 1 && m > 1 && c.row_stride == 1;
  if (column || (c.row_stride == 1 && c.col_stride != 1)) {
    multiply_threaded(table, transposed(g));
    if (!bias) return;
    for (Index j = 0; j < n; ++j)
      for (Index i = 0; i < m; ++i) c.data[i + j * c.col_stride] += bias[j];
  } else if (c.col_stride == 1 || n == 1) {
    multiply_threaded(table, g);
  } else {
    multiply_copied(table, g);
  }
}

}  // namespace nn::inline NN_PRECISION::kernels
