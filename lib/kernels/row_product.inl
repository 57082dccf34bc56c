// Products of one row with a matrix B whose columns are contiguous.
#pragma once

#include "kernels/common.inl"
#include "kernels/product.hpp"
#include "kernels/transpose.inl"
#include "nn/core/storage.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// Steps along the rows that are taken together: a line of memory.
constexpr int kLineSteps = 64 / sizeof(Scalar);

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
    for (; left >= kLineSteps; left -= kLineSteps, a += kLineSteps) {
      NN_UNROLL
      for (int v = 0; v < kVecs; v += kTogether)
        add_steps<kLineSteps, kTogether, !kPartial>(a, rows + v, c + v);
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

NN_TARGET void multiply_row(Product g) {
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
