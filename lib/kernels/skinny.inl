// Products of a shape that the tiles would serve badly.

#include "kernels/scratch.hpp"

namespace nn::inline NN_PRECISION::kernels {
namespace {

/// Stores a vector of a row: `last` lanes of it at the row's end, all before.
template <bool kPartial>
NN_VECTOR_FUNCTION void store_end(Scalar* p, Vec x, bool end, Lanes last) {
  if (kPartial && end)
    store_lanes(p, x, last);
  else
    store(p, x);
}

/// kRows rows of kVecs vectors of C = beta C + a b, a product of k = 1: nothing but C's loads and
/// stores, all loads first, since a load waits for a store that might reach into it.
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
    for (int v = 0; v < kVecs; ++v)
      store_end<kPartial>(row + i * g.c.row_stride + v * kWidth, fma(value, b[v], c[i][v]),
                          v == kVecs - 1, last);
  }
}

/// kVecs vectors of columns of C, from `column` on. The rows from the last to the first: what is
/// left in the first cache is what the next product with C = W reads first. kAdds: beta is 1.
template <int kVecs, bool kPartial, bool kAdds>
NN_TARGET void outer_product(const Product& g, Index column, int end) {
  const Lanes last = first_lanes(end);
  const Vec alpha_b = set1(g.alpha_b);
  Vec b[kVecs];
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v)
    b[v] = mul(alpha_b, load_end<kPartial>(g.b.data + column + v * kWidth, v == kVecs - 1, last));
  constexpr int kTogether = 8 / kVecs;
  const Scalar* a = g.a.data + g.m * g.a.row_stride;
  Scalar* row = g.c.data + g.m * g.c.row_stride + column;
  Index left = g.m;
  for (; left >= kTogether; left -= kTogether) {
    a -= kTogether * g.a.row_stride;
    row -= kTogether * g.c.row_stride;
    outer_rows<kTogether, kVecs, kPartial, kAdds>(g, a, row, b, last);
  }
  for (; left > 0; --left) {
    a -= g.a.row_stride;
    row -= g.c.row_stride;
    outer_rows<1, kVecs, kPartial, kAdds>(g, a, row, b, last);
  }
}

template <int kVecs>
NN_VECTOR_FUNCTION void outer_product(const Product& g, Index column, int end) {
  if (g.beta == Scalar{1})
    (end < kWidth ? outer_product<kVecs, true, true> : outer_product<kVecs, false, true>)(g, column,
                                                                                          end);
  else
    (end < kWidth ? outer_product<kVecs, true, false>
                  : outer_product<kVecs, false, false>)(g, column, end);
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

/// kVecs vectors of the only row of C, from `column` on, whose last has `end` columns. B's columns
/// are contiguous: a few steps of kWidth columns at a time are transposed in registers.
template <int kVecs, bool kPartial>
NN_TARGET void row_by_columns(const Product& g, const Scalar* a, Index column, int end) {
  const Lanes last = first_lanes(end);
  Vec c[kVecs];
  Rows rows[kVecs];
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v) {
    const Index at = column + v * kWidth;
    rows[v] = {g.b.data + at * g.b.col_stride, g.b.col_stride, end};
    c[v] = set1(0);
    if (g.beta != Scalar{0})
      c[v] = mul(set1(g.beta), load_end<kPartial>(g.c.data + at, v == kVecs - 1, last));
  }
  Index left = g.k;
  for (; left >= kSteps; left -= kSteps, a += kSteps) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) {
      Vec b[kSteps];
      load_steps<!kPartial, true>(rows[v], kSteps, b);
      rows[v].first += kSteps;
      NN_UNROLL
      for (int s = 0; s < kSteps; ++s) c[v] = fma(set1(a[s]), b[s], c[v]);
    }
  }
  const int rest = static_cast<int>(left);
  NN_UNROLL
  for (int v = 0; v < kVecs; ++v) {
    Vec b[kSteps] = {};
    if (rest > 0) load_steps<!kPartial, false>(rows[v], rest, b);
    for (int s = 0; s < rest; ++s) c[v] = fma(set1(a[s]), b[s], c[v]);
    const Index at = column + v * kWidth;
    if (g.bias) c[v] = add(c[v], load_end<kPartial>(g.bias + at, v == kVecs - 1, last));
    store_end<kPartial>(g.c.data + at, c[v], v == kVecs - 1, last);
  }
}

NN_VECTOR_FUNCTION bool is_row_by_columns(const Product& g) {
  return g.m == 1 && g.b.row_stride == 1 && g.b.col_stride != 1 && g.alpha_b == Scalar{1};
}

NN_TARGET void multiply_row(const Product& g) {
  const Scalar* a = g.a.data;
  if (g.alpha_a != Scalar{1} || g.a.col_stride != 1) {
    Scalar* scaled = scratch(Scratch::packed_a, g.k);
    for (Index p = 0; p < g.k; ++p) scaled[p] = g.alpha_a * a[p * g.a.col_stride];
    a = scaled;
  }
  constexpr int kVecs = 4;  // their sums hide each other's latency
  Index column = 0;
  for (; column + kVecs * kWidth <= g.n; column += kVecs * kWidth)
    row_by_columns<kVecs, false>(g, a, column, kWidth);
  for (; column + kWidth <= g.n; column += kWidth) row_by_columns<1, false>(g, a, column, kWidth);
  if (column < g.n) row_by_columns<1, true>(g, a, column, static_cast<int>(g.n - column));
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

/// Whether C's rows would fill so little of their vectors that it pays to make C^T = B^T A^T, whose
/// right factor A^T lies well as it is, and to copy it.
NN_VECTOR_FUNCTION bool is_narrow(const Product& g) {
  const Index lanes = round_up(g.n, kWidth);
  return g.a.row_stride == 1 && !g.bias && lanes <= 2 * kWidth && 4 * g.n <= 3 * lanes &&
         g.m >= 2 * kWidth && g.k >= 16;
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

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
