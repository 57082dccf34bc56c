// Sums and softmax of many rows, a row in each lane: rows are often shorter than a vector, and each
// sum has its order.
#pragma once

#include "kernels/elementwise.inl"
#include "kernels/math.inl"
#include "kernels/transpose.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// The sums of `count` rows, kWidth or fewer.
NN_VECTOR_FUNCTION Vec sums_of(int count, Index n, const Scalar* x) {
  Sums sums = no_sums();
  Vec values[kSteps] = {};
  Index j = 0;
  for (; j + kSteps <= n; j += kSteps) {
    load_steps<false, true>({x + j, n, count}, kSteps, values);
    NN_UNROLL
    for (int s = 0; s < kSteps; ++s) add_to(sums, values[s]);
  }
  const int rest = static_cast<int>(n - j);
  if (rest > 0) load_steps<false, false>({x + j, n, count}, rest, values);
  for (int s = 0; s < rest; ++s) add_to(sums, values[s]);
  return rounded(sums);
}

NN_TARGET void row_sums(Index rows, Index n, const Scalar* x, Scalar* y) {
  for (Index row = 0; row < rows; row += kWidth) {
    const int count = static_cast<int>(smaller(rows - row, kWidth));
    store_lanes(y + row, sums_of(count, n, x + row * n), first_lanes(count));
  }
}

/// The longest row that is held transposed as a whole, and whose sum is in order.
constexpr Index kNarrow = 64;

/// Up to kNarrow vectors: in plain memory, as g++ copies an array of Vec in halves.
struct Column {
  Scalar lanes[kNarrow * kWidth];
};
NN_VECTOR_FUNCTION Vec get(const Column& column, Index j) {
  return load(column.lanes + j * kWidth);
}
NN_VECTOR_FUNCTION void put(Column& column, Index j, Vec x) { store(column.lanes + j * kWidth, x); }

/// Rows of n values, 1 <= n <= kNarrow, to z, value by value. Where kSteps does not divide n, the
/// last values are loaded (and below, stored) together with some that were before.
template <bool kAllRows>
NN_TARGET void load_narrow(const Rows& rows, Index n, Column& z) {
  Vec values[kSteps] = {};
  if (n < kSteps) {
    load_steps<false, false>(rows, static_cast<int>(n), values);
    for (Index s = 0; s < n; ++s) put(z, s, values[s]);
    return;
  }
  for (Index next = 0; next < n; next += kSteps) {
    const Index j = smaller(next, n - kSteps);
    load_steps<kAllRows, true>({rows.first + j, rows.stride, rows.count}, kSteps, values);
    NN_UNROLL
    for (int s = 0; s < kSteps; ++s) put(z, j + s, values[s]);
  }
}

NN_TARGET void store_narrow(const Column& z, Index n, int count, Scalar* y) {
  if (n < kSteps) {
    for (Index j = 0; j < n; ++j)
      for (int lane = 0; lane < count; ++lane) y[lane * n + j] = z.lanes[j * kWidth + lane];
    return;
  }
  Vec values[kSteps];
  for (Index next = 0; next < n; next += kSteps) {
    const Index j = smaller(next, n - kSteps);
    NN_UNROLL
    for (int s = 0; s < kSteps; ++s) values[s] = get(z, j + s);
    store_steps(y + j, n, count, values);
  }
}

/// `count` rows, kWidth or fewer, of n values, 1 <= n <= kNarrow.
NN_TARGET void softmax_narrow(int count, Index n, const Scalar* x, Scalar* p, Scalar* log_p) {
  Column z, e;
  if (count == kWidth)
    load_narrow<true>({x, n, count}, n, z);
  else
    load_narrow<false>({x, n, count}, n, z);
  Vec largest = get(z, 0);
  for (Index j = 1; j < n; ++j) largest = max(get(z, j), largest);
  Sums sums = no_sums();
  for (Index j = 0; j < n; ++j) {
    const Vec shifted = sub(get(z, j), largest), power = exp(shifted);
    put(z, j, shifted);
    put(e, j, power);
    add_to(sums, power);
  }
  const Vec sum = rounded(sums);
  if (p) {
    const Vec inverse = div(set1(1), sum), minus_sum = sub(set1(0), sum);
    for (Index j = 0; j < n; ++j) put(e, j, quotient(get(e, j), inverse, minus_sum));
    store_narrow(e, n, count, p);
  }
  if (log_p) {
    const Vec log_sum = log(sum);
    for (Index j = 0; j < n; ++j) put(z, j, sub(get(z, j), log_sum));
    store_narrow(z, n, count, log_p);
  }
}

/// Not -0, as it would depend on the order which zero is found.
NN_VECTOR_FUNCTION Scalar largest_of(Index n, const Scalar* x) {
  constexpr int kChains = 4;
  Vec largest[kChains];
  for (Vec& chain : largest) chain = set1(-std::numeric_limits<Scalar>::infinity());
  Index i = 0;
  for (; i + kChains * kWidth <= n; i += kChains * kWidth) {
    NN_UNROLL
    for (int c = 0; c < kChains; ++c) largest[c] = max(load(x + i + c * kWidth), largest[c]);
  }
  for (; i + kWidth <= n; i += kWidth) largest[0] = max(load(x + i), largest[0]);
  for (int c = 1; c < kChains; ++c) largest[0] = max(largest[c], largest[0]);
  Scalar lanes[kWidth];
  store(lanes, largest[0]);
  NN_UNROLL
  for (int half = kWidth / 2; half > 0; half /= 2)
    for (int lane = 0; lane < half; ++lane)
      lanes[lane] = lanes[lane + half] > lanes[lane] ? lanes[lane + half] : lanes[lane];
  Scalar result = lanes[0];
  for (; i < n; ++i) result = x[i] > result ? x[i] : result;
  return result + 0;
}

/// e^(x - shift), which is at most 1.
NN_VECTOR_FUNCTION Vec power_to(Vec x, Vec shift) {
  return exp_in_range(max(set1(kExpLowest), sub(x, shift)));
}

/// e^(x - shift) along a row, to y, and their sum in kRowSums parts, as many as the widest vector
/// has lanes. Of each part four are added in pairs before they are widened. Meanwhile the next row
/// is asked for, if there is one.
constexpr int kRowSums = 64 / sizeof(Scalar);
NN_VECTOR_FUNCTION double powers_of(Index n, const Scalar* x, Scalar shift, Scalar* y,
                                    bool another) {
  constexpr int kVectors = kRowSums / kWidth;
  const Vec shifts = set1(shift);
  Sums sums[kVectors];
  for (Sums& part : sums) part = no_sums();
  Index j = 0;
  for (; j + 4 * kRowSums <= n; j += 4 * kRowSums) {
    for (Index i = j; another && i < j + 4 * kRowSums; i += kLine) {
      __builtin_prefetch(x + n + i);
      __builtin_prefetch(y + n + i, 1);
    }
    NN_UNROLL
    for (int part = 0; part < kVectors; ++part) {
      Vec powers[4];
      NN_UNROLL
      for (int i = 0; i < 4; ++i) {
        const Index at = j + i * kRowSums + part * kWidth;
        powers[i] = power_to(load(x + at), shifts);
        store(y + at, powers[i]);
      }
      add_to(sums[part], add(add(powers[0], powers[1]), add(powers[2], powers[3])));
    }
  }
  int v = 0;
  for (; j + kWidth <= n; j += kWidth, v = (v + 1) % kVectors) {
    const Vec power = power_to(load(x + j), shifts);
    store(y + j, power);
    add_to(sums[v], power);
  }
  if (j < n) {
    const Lanes lanes = first_lanes(static_cast<int>(n - j));
    store_lanes(y + j, power_to(load_lanes(x + j, lanes), shifts), lanes);
    add_to(sums[v], load_lanes(y + j, lanes));
  }
  double parts[kRowSums];
  for (v = 0; v < kVectors; ++v) store(parts + v * kWidth, sums[v]);
  NN_UNROLL
  for (int half = kRowSums / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) parts[i] += parts[i + half];
  return parts[0];
}

/// A longer row, in passes along it. `another`: whether one follows it in memory.
NN_TARGET void softmax_wide(Index n, const Scalar* x, Scalar* p, Scalar* log_p, bool another) {
  const Index whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  const Scalar largest = largest_of(n, x);
  const Vec sum = set1(static_cast<Scalar>(powers_of(n, x, largest, p ? p : log_p, another)));
  if (p) {
    const Vec inverse = div(set1(1), sum), minus_sum = sub(set1(0), sum);
    for (Index j = 0; j < whole; j += kWidth)
      store(p + j, quotient(load(p + j), inverse, minus_sum));
    if (whole < n)
      store_lanes(p + whole, quotient(load_lanes(p + whole, rest), inverse, minus_sum), rest);
  }
  if (log_p) {
    const Vec shift = set1(largest), log_sum = log(sum);
    for (Index j = 0; j < whole; j += kWidth)
      store(log_p + j, sub(sub(load(x + j), shift), log_sum));
    if (whole < n)
      store_lanes(log_p + whole, sub(sub(load_lanes(x + whole, rest), shift), log_sum), rest);
  }
}

NN_TARGET void softmax(Index rows, Index n, const Scalar* x, Scalar* p, Scalar* log_p) {
  if (n == 0) return;
  const int step = n > kNarrow ? 1 : kWidth;
  for (Index row = 0; row < rows; row += step) {
    const int count = static_cast<int>(smaller(rows - row, step));
    Scalar *to = p ? p + row * n : p, *log_to = log_p ? log_p + row * n : log_p;
    if (n > kNarrow)
      softmax_wide(n, x + row * n, to, log_to, row + 1 < rows);
    else
      softmax_narrow(count, n, x + row * n, to, log_to);
  }
}

NN_BINARY_LOOP(products, mul(a, b))
NN_BINARY_LOOP(softmax_backward_row, mul(b, sub(a, set1(dot))), Scalar dot)

NN_TARGET void softmax_backward(Index rows, Index n, const Scalar* delta, const Scalar* z,
                                Scalar* dx) {
  for (Index row = 0; row < rows; row += kWidth) {
    const int count = static_cast<int>(smaller(rows - row, kWidth));
    const Index first = row * n;
    products(count * n, delta + first, z + first, dx + first);
    Scalar dots[kWidth];
    store(dots, sums_of(count, n, dx + first));
    for (int lane = 0; lane < count; ++lane) {
      const Index at = first + lane * n;
      softmax_backward_row(n, dots[lane], delta + at, z + at, dx + at);
    }
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
