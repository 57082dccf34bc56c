// Products of one step, k = 1: C = a b + beta C for a column a and a row b.
#pragma once

#include "kernels/common.inl"
#include "kernels/product.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// What becomes of the numbers in C: beta is 0, 1 or another number.
enum class Before { ignored, added, scaled };

/// What makes a strip of C's columns: a copy, which the compiler knows stores to C leave alone.
struct OuterStrip {
  const Scalar* a;
  Index a_stride;
  Scalar* c;
  Index c_stride;
  Scalar alpha, beta;
  Lanes last;
};

/// Whether rows are loaded a few at a time before any is stored: with AVX-512, a masked load waits
/// for a store that might reach into what it leaves out.
template <bool kPartial, Before kBefore>
constexpr bool kLoadsFirst = kWidth == kLine && (kPartial && kBefore != Before::ignored);

/// kRows rows of C from `row` on.
template <int kRows, int kVecs, bool kPartial, Before kBefore>
NN_VECTOR_FUNCTION void outer_rows(const OuterStrip& strip, Index row, const Vec (&b)[kVecs]) {
  const Scalar* a = strip.a + row * strip.a_stride;
  Scalar* to = strip.c + row * strip.c_stride;
  constexpr int kAtOnce = kLoadsFirst<kPartial, kBefore> ? kVecs : 1;
  Vec values[kRows];
  NN_UNROLL
  for (int i = 0; i < kRows; ++i) values[i] = set1(strip.alpha * a[i * strip.a_stride]);
  NN_UNROLL
  for (int first = 0; first < kVecs; first += kAtOnce) {
    Vec c[kRows][kAtOnce];
    NN_UNROLL
    for (int i = 0; kBefore != Before::ignored && i < kRows; ++i) {
      NN_UNROLL
      for (int v = 0; v < kAtOnce; ++v) {
        c[i][v] = load_end<kPartial>(to + i * strip.c_stride + (first + v) * kWidth,
                                     first + v == kVecs - 1, strip.last);
        if (kBefore == Before::scaled) c[i][v] = mul(set1(strip.beta), c[i][v]);
      }
    }
    NN_UNROLL
    for (int i = 0; i < kRows; ++i) {
      NN_UNROLL
      for (int v = 0; v < kAtOnce; ++v) {
        // A sum from 0, which is never -0, unlike a product of zeros.
        Vec sum = fma(values[i], b[first + v], set1(0));
        if (kBefore != Before::ignored) sum = add(sum, c[i][v]);
        store_end<kPartial>(to + i * strip.c_stride + (first + v) * kWidth, sum,
                            first + v == kVecs - 1, strip.last);
      }
    }
  }
}

template <int kVecs, bool kPartial>
NN_VECTOR_FUNCTION void load_row(const Product& g, Index column, Lanes last, Vec (&b)[kVecs]) {
  const Vec alpha_b = set1(g.alpha_b);
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v)
    b[v] = mul(alpha_b, load_end<kPartial>(g.b.data + column + v * kWidth, v == kVecs - 1, last));
}

/// kVecs vectors of columns of C, from `column` on. If C is read, from the last row to the first:
/// what is left in the first cache is what the next product with C = W reads first. Rows that are
/// only written go in order, which caches take faster. So do masked ones one by one: no masked load
/// then reaches into a row that has just been stored.
template <int kVecs, bool kPartial, Before kBefore>
[[gnu::noinline]] NN_TARGET void outer_product(const Product& g, Index column, int end) {
  const OuterStrip strip{g.a.data,  g.a.row_stride, g.c.data + column, g.c.row_stride,
                         g.alpha_a, g.beta,         first_lanes(end)};
  Vec b[kVecs];
  load_row<kVecs, kPartial>(g, column, strip.last, b);
  constexpr bool kFew = kLoadsFirst<kPartial, kBefore>;
  constexpr bool kFromLast = kFew || (kBefore != Before::ignored && !kPartial);
  constexpr int kTogether = kFew ? 8 / kVecs : 1;
  const Index m = g.m;
  Index done = 0;
  for (; m - done >= kTogether; done += kTogether)
    outer_rows<kTogether, kVecs, kPartial, kBefore>(strip, kFromLast ? m - done - kTogether : done,
                                                    b);
  for (; done < m; ++done)
    outer_rows<1, kVecs, kPartial, kBefore>(strip, kFromLast ? m - done - 1 : done, b);
}

template <int kVecs, Before kBefore>
NN_VECTOR_FUNCTION void outer_product(const Product& g, Index column, int end) {
  (end < kWidth ? outer_product<kVecs, true, kBefore>
                : outer_product<kVecs, false, kBefore>)(g, column, end);
}

template <int kVecs>
NN_VECTOR_FUNCTION void outer_product(const Product& g, Index column, int end) {
  if (g.beta == Scalar{0}) return outer_product<kVecs, Before::ignored>(g, column, end);
  if (g.beta == Scalar{1}) return outer_product<kVecs, Before::added>(g, column, end);
  outer_product<kVecs, Before::scaled>(g, column, end);
}

NN_TARGET void multiply_outer(const Product& g) {
  for (Index column = 0; column < g.n;) {
    const Index vectors = ceil_div(g.n - column, kWidth);
    const int used = vectors >= 8 ? 8 : vectors >= 4 ? 4 : vectors >= 2 ? 2 : 1;
    const Index columns = smaller(g.n - column, used * kWidth);
    const int end = static_cast<int>(columns - (used - 1) * kWidth);
    switch (used) {
      case 8:
        outer_product<8>(g, column, end);
        break;
      case 4:
        outer_product<4>(g, column, end);
        break;
      case 2:
        outer_product<2>(g, column, end);
        break;
      default:
        outer_product<1>(g, column, end);
    }
    column += columns;
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
