// Products of one row with a matrix B, whose rows or whose columns are contiguous.
#pragma once

#include <utility>

#include "kernels/common.inl"
#include "kernels/product.hpp"
#include "kernels/transpose.inl"
#include "nn/core/storage.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// One block of the sum in kVecs vectors of the row, the last with `last` lanes. See row_by_rows.
/// kOnes: all of a is 1. Then an addition does, which takes less time than fma().
template <int kVecs, bool kPartial, bool kOnes = false>
NN_TARGET void row_strip(int last, Index k, const Scalar* a, Index a_step, const Scalar* b,
                         Index b_step, Scalar beta, const Scalar* bias, Scalar* to) {
  const Lanes lanes = first_lanes(last);
  Vec c[kVecs];
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v) c[v] = set1(0);
  for (; k > 0; --k, a += a_step, b += b_step) {
    const Vec value = set1(*a);
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) {
      const Vec row = load_end<kPartial>(b + v * kWidth, v == kVecs - 1, lanes);
      c[v] = kOnes ? add(row, c[v]) : fma(value, row, c[v]);
    }
  }
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v) {
    const Index at = v * kWidth;
    const bool ends = v == kVecs - 1;
    if (beta != Scalar{0})
      c[v] = add(c[v], mul(set1(beta), load_end<kPartial>(to + at, ends, lanes)));
    if (bias) c[v] = add(c[v], load_end<kPartial>(bias + at, ends, lanes));
    store_end<kPartial>(to + at, c[v], ends, lanes);
  }
}

/// The strips that are 1, 2, .. vectors wide.
template <class Vectors>
struct RowStripsOf;
template <int... kVecs>
struct RowStripsOf<std::integer_sequence<int, kVecs...>> {
  static constexpr int count = sizeof...(kVecs);
  using Function = void(int, Index, const Scalar*, Index, const Scalar*, Index, Scalar,
                        const Scalar*, Scalar*);
  static constexpr Function* whole[] = {row_strip<kVecs + 1, false>...};
  static constexpr Function* partial[] = {row_strip<kVecs + 1, true>...};
};
using RowStrips = RowStripsOf<std::make_integer_sequence<int, 13>>;

/// All columns at once, so that B's rows are read from end to end, or else as many as there are
/// sums to hide each other's latency, and as many in each strip.
NN_TARGET void row_by_rows(Index n, Index k, const Scalar* a, Index a_step, const Scalar* b,
                           Index b_step, Scalar beta, const Scalar* bias, Scalar* c) {
  constexpr Index kSums = 8;
  Index vectors = ceil_div(n, kWidth);
  while (vectors > RowStrips::count) {
    const Index some = ceil_div(vectors, ceil_div(vectors, kSums)), columns = some * kWidth;
    RowStrips::whole[some - 1](kWidth, k, a, a_step, b, b_step, beta, bias, c);
    if (bias) bias += columns;
    b += columns;
    c += columns;
    n -= columns;
    vectors -= some;
  }
  const int last = static_cast<int>(n - (vectors - 1) * kWidth);
  const auto& strips = last < kWidth ? RowStrips::partial : RowStrips::whole;
  strips[vectors - 1](last, k, a, a_step, b, b_step, beta, bias, c);
}

NN_VECTOR_FUNCTION bool is_row_by_rows(const Product& g) {
  return g.m == 1 && g.b.col_stride == 1 && g.alpha_a == Scalar{1} && g.alpha_b == Scalar{1};
}

/// Whether C is the sum of B's rows, so few vectors wide that each waits for its last sum.
NN_VECTOR_FUNCTION bool is_sum_of_rows(const Product& g) {
  return g.a.col_stride == 0 && *g.a.data == Scalar{1} && g.n <= 2 * kWidth && !g.bias;
}

NN_TARGET void sum_of_rows(const Product& g, Index step, Index steps, Scalar beta) {
  const bool two = g.n > kWidth;
  const int last = static_cast<int>(two ? g.n - kWidth : g.n);
  const auto whole = two ? row_strip<2, false, true> : row_strip<1, false, true>;
  const auto partial = two ? row_strip<2, true, true> : row_strip<1, true, true>;
  (last < kWidth ? partial : whole)(last, steps, g.a.data, 0, g.b.data + step * g.b.row_stride,
                                    g.b.row_stride, beta, nullptr, g.c.data);
}

NN_TARGET void multiply_row_by_rows(const Product& g) {
  const bool sums = is_sum_of_rows(g);
  for (Index step = 0; step < g.k; step += kBlockSteps) {
    const Index steps = smaller(kBlockSteps, g.k - step);
    if (sums) {
      sum_of_rows(g, step, steps, step == 0 ? g.beta : Scalar{1});
      continue;
    }
    row_by_rows(g.n, steps, g.a.data + step * g.a.col_stride, g.a.col_stride,
                g.b.data + step * g.b.row_stride, g.b.row_stride, step == 0 ? g.beta : Scalar{1},
                step + steps == g.k ? g.bias : nullptr, g.c.data);
  }
}

/// Adds kCount steps of kVecs vectors to their sums, a few steps of kWidth columns at a time, which
/// are transposed in registers.
template <int kCount, int kVecs, bool kAllRows>
NN_VECTOR_FUNCTION void add_steps(const Scalar* a, Rows* rows, Vec* c) {
  NN_UNROLL
  for (int done = 0; done < kCount; done += kSteps) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) {
      Vec b[kSteps];
      load_steps<kAllRows, true>(rows[v], kSteps, b);
      rows[v].first += kSteps;
      NN_UNROLL
      for (int s = 0; s < kSteps; ++s) c[v] = fma(set1(a[done + s]), b[s], c[v]);
    }
  }
}

/// One block of the sum in kVecs vectors of the only row of C, from `column` on, whose last has
/// `end` columns. If rows of B^T are a crowd, sixteen of them at a time give all of a line.
template <int kVecs, bool kPartial>
NN_TARGET void row_by_columns(const Product& g, Index column, int end) {
  const Lanes last = first_lanes(end);
  Vec c[kVecs];
  Rows rows[kVecs];
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v) {
    rows[v] = {g.b.data + (column + v * kWidth) * g.b.col_stride, g.b.col_stride, end};
    c[v] = set1(0);
  }
  constexpr int kSixteen = kWidth < 16 ? 16 / kWidth : 1;
  constexpr int kTogether = kVecs < kSixteen ? kVecs : kSixteen;
  const Scalar* a = g.a.data;
  Index left = g.k;
  if (is_crowd(kVecs * kWidth, g.b.col_stride, kFirstCache)) {
    for (; left >= kLine; left -= kLine, a += kLine) {
      NN_UNROLL
      for (int v = 0; v < kVecs; v += kTogether)
        add_steps<kLine, kTogether, !kPartial>(a, rows + v, c + v);
    }
  }
  for (; left >= kSteps; left -= kSteps, a += kSteps)
    add_steps<kSteps, kVecs, !kPartial>(a, rows, c);
  const int rest = static_cast<int>(left);
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v) {
    Vec b[kSteps] = {};
    if (rest > 0) load_steps<!kPartial, false>(rows[v], rest, b);
    for (int s = 0; s < rest; ++s) c[v] = fma(set1(a[s]), b[s], c[v]);
    const Index at = column + v * kWidth;
    const bool ends = v == kVecs - 1;
    if (g.beta != Scalar{0})
      c[v] = add(c[v], mul(set1(g.beta), load_end<kPartial>(g.c.data + at, ends, last)));
    if (g.bias) c[v] = add(c[v], load_end<kPartial>(g.bias + at, ends, last));
    store_end<kPartial>(g.c.data + at, c[v], ends, last);
  }
}

NN_VECTOR_FUNCTION bool is_row_by_columns(const Product& g) {
  return g.m == 1 && g.b.row_stride == 1 && g.b.col_stride != 1 && g.alpha_b == Scalar{1};
}

NN_TARGET void multiply_row_by_columns(Product g) {
  Storage scaled;
  if (g.alpha_a != Scalar{1} || g.a.col_stride != 1) {
    scaled = Storage(g.k);
    for (Index p = 0; p < g.k; ++p) scaled.data()[p] = g.alpha_a * g.a.data[p * g.a.col_stride];
    g.a.data = scaled.data();
  }
  constexpr int kVecs = 4;  // their sums hide each other's latency
  const Scalar* bias = g.bias;
  for (Index left = g.k; left > 0; left -= g.k) {
    g.k = smaller(left, kBlockSteps);
    g.bias = g.k == left ? bias : nullptr;
    Index column = 0;
    for (; column + kVecs * kWidth <= g.n; column += kVecs * kWidth)
      row_by_columns<kVecs, false>(g, column, kWidth);
    for (; column + kWidth <= g.n; column += kWidth) row_by_columns<1, false>(g, column, kWidth);
    if (column < g.n) row_by_columns<1, true>(g, column, static_cast<int>(g.n - column));
    g.a.data += g.k;
    g.b.data += g.k;
    g.beta = 1;
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
