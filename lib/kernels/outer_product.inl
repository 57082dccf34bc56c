// Products of one step, k = 1: C = a b + beta C for a column a and a row b.
#pragma once

#include "kernels/common.inl"
#include "kernels/product.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// kRows rows of kVecs vectors of C: nothing but loads and stores, all loads first, since a load
/// waits for a store that might reach into it. kAdds: beta is 1.
template <int kRows, int kVecs, bool kPartial, bool kAdds>
NN_VECTOR_FUNCTION void outer_rows(const Product& g, const Scalar* a, Scalar* row,
                                   const Vec (&b)[kVecs], Lanes last) {
  const Vec beta = set1(g.beta);
  const bool reads = kAdds || g.beta != Scalar{0};
  Vec c[kRows][kVecs];
  NN_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) {
      c[i][v] = set1(0);
      if (reads)
        c[i][v] = load_end<kPartial>(row + i * g.c.row_stride + v * kWidth, v == kVecs - 1, last);
      if (reads && !kAdds) c[i][v] = mul(beta, c[i][v]);
    }
  }
  NN_UNROLL
  for (int i = 0; i < kRows; ++i) {
    const Vec value = set1(g.alpha_a * a[i * g.a.row_stride]);
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) {
      // A sum from 0, which is never -0, unlike a product of zeros.
      Vec sum = fma(value, b[v], set1(0));
      if (reads) sum = add(sum, c[i][v]);
      store_end<kPartial>(row + i * g.c.row_stride + v * kWidth, sum, v == kVecs - 1, last);
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

/// kVecs vectors of columns of C, from `column` on. kAdds: beta is 1. Then the rows go from the
/// last to the first: what is left in the first cache is what the next product with C = W reads
/// first. Rows that are only written go in order, which caches take faster.
template <int kVecs, bool kPartial, bool kAdds>
[[gnu::noinline]] NN_TARGET void outer_product(const Product& g, Index column, int end) {
  const Lanes last = first_lanes(end);
  Vec b[kVecs];
  load_row<kVecs, kPartial>(g, column, last, b);
  constexpr int kTogether = 8 / kVecs;
  const Index direction = kAdds ? -1 : 1, first = kAdds && g.m > kTogether ? g.m - kTogether : 0;
  const Scalar* a = g.a.data + first * g.a.row_stride;
  Scalar* row = g.c.data + first * g.c.row_stride + column;
  Index left = g.m;
  for (; left >= kTogether; left -= kTogether) {
    outer_rows<kTogether, kVecs, kPartial, kAdds>(g, a, row, b, last);
    a += direction * kTogether * g.a.row_stride;
    row += direction * kTogether * g.c.row_stride;
  }
  for (Index at = 0; at < left; ++at) {
    const Index i = kAdds ? at : g.m - 1 - at;
    outer_rows<1, kVecs, kPartial, kAdds>(g, g.a.data + i * g.a.row_stride,
                                          g.c.data + i * g.c.row_stride + column, b, last);
  }
}

/// C += alpha_a a b for kVecs whole vectors b without a 0, upwards from the last of `left` rows of
/// a and of C, as far as alpha_a a is not 0: a product of numbers that are not 0 is the sum from 0
/// at once. Returns how many rows are left. It calls nothing, so that b stays in registers.
template <int kVecs>
NN_VECTOR_FUNCTION Index add_nonzero_rows(const Product& g, Index column, Index left,
                                          const Vec (&b)[kVecs]) {
  const Index a_stride = g.a.row_stride, c_stride = g.c.row_stride;
  const Scalar alpha = g.alpha_a;
  const Scalar* a = g.a.data + (left - 1) * a_stride;
  Scalar* row = g.c.data + (left - 1) * c_stride + column;
  for (; left > 0; --left, a -= a_stride, row -= c_stride) {
    const Scalar value = alpha * *a;
    if (value == Scalar{0}) break;
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v)
      store(row + v * kWidth, add(mul(set1(value), b[v]), load(row + v * kWidth)));
  }
  return left;
}

/// outer_product() for beta = 1 and whole vectors. Says whether it was done: not if b has a 0.
template <int kVecs>
[[gnu::noinline]] NN_TARGET bool add_nonzero(const Product& g, Index column) {
  Vec b[kVecs];
  load_row<kVecs, false>(g, column, first_lanes(kWidth), b);
  bool any_zero = false;
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v) any_zero = any_zero || any(equal(b[v], set1(0)));
  if (any_zero) return false;
  for (Index left = g.m; (left = add_nonzero_rows<kVecs>(g, column, left, b)) > 0; --left) {
    Product one = g;
    one.m = 1;
    one.a.data += (left - 1) * g.a.row_stride;
    one.c.data += (left - 1) * g.c.row_stride;
    outer_product<kVecs, false, true>(one, column, kWidth);
  }
  return true;
}

template <int kVecs>
NN_VECTOR_FUNCTION void outer_product(const Product& g, Index column, int end) {
  const bool is_partial = end < kWidth;
  if (g.beta != Scalar{1})
    (is_partial ? outer_product<kVecs, true, false> : outer_product<kVecs, false, false>)(g, column,
                                                                                          end);
  else if (is_partial || !add_nonzero<kVecs>(g, column))
    (is_partial ? outer_product<kVecs, true, true> : outer_product<kVecs, false, true>)(g, column,
                                                                                        end);
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
