// Matrices of `rows` rows of n numbers: sums of their columns, and normalising them.
#pragma once

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// For kCount vectors side by side, the last of which may have fewer lanes.
template <int kCount, bool kPartial>
NN_VECTOR_FUNCTION void column_dots_of(Index rows, Index n, const Scalar* a, const Scalar* b,
                                       const Scalar* shift, Lanes last, Scalar* sums) {
  Vec moved[kCount], sum[kCount];
  NN_UNROLL
  for (int c = 0; c < kCount; ++c) {
    moved[c] = shift ? load_end<kPartial>(shift + c * kWidth, true, last) : set1(0);
    sum[c] = set1(0);
  }
  for (Index row = 0; row < rows; ++row) {
    NN_UNROLL
    for (int c = 0; c < kCount; ++c) {
      const Index at = row * n + c * kWidth;
      const Vec u = sub(load_end<kPartial>(a + at, true, last), moved[c]);
      const Vec v = sub(load_end<kPartial>(b + at, true, last), moved[c]);
      sum[c] = fma(u, v, sum[c]);
    }
  }
  NN_UNROLL
  for (int c = 0; c < kCount; ++c) store_end<kPartial>(sums + c * kWidth, sum[c], true, last);
}

NN_TARGET void column_dots(Index rows, Index n, const Scalar* a, const Scalar* b,
                           const Scalar* shift, Scalar* sums) {
  constexpr int kCount = 4;
  const Lanes rest = first_lanes(static_cast<int>(n % kWidth));
  auto from = [](const Scalar* p, Index j) { return p ? p + j : p; };
  Index j = 0;
  for (; j + kCount * kWidth <= n; j += kCount * kWidth)
    column_dots_of<kCount, false>(rows, n, a + j, b + j, from(shift, j), rest, sums + j);
  for (; j + kWidth <= n; j += kWidth)
    column_dots_of<1, false>(rows, n, a + j, b + j, from(shift, j), rest, sums + j);
  if (j < n) column_dots_of<1, true>(rows, n, a + j, b + j, from(shift, j), rest, sums + j);
}

/// The vector of a row at j.
template <bool kPartial>
NN_VECTOR_FUNCTION void normalize_at(Index j, Lanes last, const ColumnNorm& norm, const Scalar* x,
                                     Scalar* normalized, Scalar* z) {
  const Vec mean = load_end<kPartial>(norm.mean + j, true, last);
  const Vec factor = load_end<kPartial>(norm.factor + j, true, last);
  const Vec weight = load_end<kPartial>(norm.weight + j, true, last);
  const Vec bias = load_end<kPartial>(norm.bias + j, true, last);
  const Vec y = mul(sub(load_end<kPartial>(x + j, true, last), mean), factor);
  if (normalized) store_end<kPartial>(normalized + j, y, true, last);
  store_end<kPartial>(z + j, fma(y, weight, bias), true, last);
}

NN_TARGET void normalize_columns(Index rows, Index n, const ColumnNorm& norm, const Scalar* x,
                                 Scalar* normalized, Scalar* z) {
  const Index whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (Index row = 0; row < rows; ++row) {
    const Index at = row * n;
    Scalar* kept = normalized ? normalized + at : nullptr;
    for (Index j = 0; j < whole; j += kWidth)
      normalize_at<false>(j, rest, norm, x + at, kept, z + at);
    if (whole < n) normalize_at<true>(whole, rest, norm, x + at, kept, z + at);
  }
}

template <bool kPartial>
NN_VECTOR_FUNCTION void normalize_backward_at(Index j, Lanes last, const ColumnNormBackward& norm,
                                              const Scalar* delta, const Scalar* normalized,
                                              Scalar* dx) {
  const Vec factor = load_end<kPartial>(norm.factor + j, true, last);
  const Vec mean = load_end<kPartial>(norm.mean + j, true, last);
  const Vec slope = load_end<kPartial>(norm.slope + j, true, last);
  const Vec y = load_end<kPartial>(normalized + j, true, last);
  const Vec rest = sub(load_end<kPartial>(delta + j, true, last), mean);
  store_end<kPartial>(dx + j, mul(factor, fnma(y, slope, rest)), true, last);
}

NN_TARGET void normalize_columns_backward(Index rows, Index n, const ColumnNormBackward& norm,
                                          const Scalar* delta, const Scalar* normalized,
                                          Scalar* dx) {
  const Index whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (Index row = 0; row < rows; ++row) {
    const Index at = row * n;
    for (Index j = 0; j < whole; j += kWidth)
      normalize_backward_at<false>(j, rest, norm, delta + at, normalized + at, dx + at);
    if (whole < n)
      normalize_backward_at<true>(whole, rest, norm, delta + at, normalized + at, dx + at);
  }
}

/// Sums along a row have 8 lanes in double: element j goes to lane j mod 8.
struct RowLanes {
  double lanes[8] = {};
};
NN_TARGET double sum_of(const RowLanes& sums) {
  const double* s = sums.lanes;
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

NN_TARGET double row_mean(Index n, const Scalar* x) {
  RowLanes sums;
  Index j = 0;
  for (; j + 8 <= n; j += 8)
    for (int lane = 0; lane < 8; ++lane) sums.lanes[lane] += static_cast<double>(x[j + lane]);
  for (int lane = 0; j + lane < n; ++lane) sums.lanes[lane] += static_cast<double>(x[j + lane]);
  return sum_of(sums) / static_cast<double>(n);
}

/// The mean of (u - shift) (v - shift).
NN_TARGET double row_dot(Index n, const Scalar* u, const Scalar* v, double shift) {
  RowLanes sums;
  auto term = [=](Index j) {
    return (static_cast<double>(u[j]) - shift) * (static_cast<double>(v[j]) - shift);
  };
  Index j = 0;
  for (; j + 8 <= n; j += 8)
    for (int lane = 0; lane < 8; ++lane) sums.lanes[lane] += term(j + lane);
  for (int lane = 0; j + lane < n; ++lane) sums.lanes[lane] += term(j + lane);
  return sum_of(sums) / static_cast<double>(n);
}

NN_TARGET void normalize_rows(Index rows, Index n, const RowNorm& norm, const Scalar* x,
                              Scalar* normalized, Scalar* factors, Scalar* z) {
  for (Index row = 0; row < rows; ++row) {
    const Scalar* from = x + row * n;
    const double mean = row_mean(n, from), variance = row_dot(n, from, from, mean);
    const auto m = static_cast<Scalar>(mean);
    const auto factor = static_cast<Scalar>(1 / __builtin_sqrt(variance + norm.epsilon));
    if (factors) factors[row] = factor;
    for (Index j = 0; j < n; ++j) {
      const Scalar y = (from[j] - m) * factor;
      if (normalized) normalized[row * n + j] = y;
      z[row * n + j] = y * norm.weight[j] + norm.bias[j];
    }
  }
}

NN_TARGET void normalize_rows_backward(Index rows, Index n, const Scalar* delta,
                                       const Scalar* weight, const Scalar* normalized,
                                       const Scalar* factors, Scalar* dx) {
  for (Index row = 0; row < rows; ++row) {
    const Scalar *d = delta + row * n, *y = normalized + row * n;
    Scalar* g = dx + row * n;
    for (Index j = 0; j < n; ++j) g[j] = d[j] * weight[j];
    const auto mean = static_cast<Scalar>(row_mean(n, g));
    const auto slope = static_cast<Scalar>(row_dot(n, g, y, 0));
    for (Index j = 0; j < n; ++j) g[j] = factors[row] * ((g[j] - mean) - y[j] * slope);
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
