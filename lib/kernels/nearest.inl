// What k-means asks of samples and centres.
#pragma once

#include "core/sum_in_lanes.hpp"
#include "kernels/common.inl"
#include "kernels/pack.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

NN_TARGET double squared_distance(Index n, const Scalar* a, const Scalar* b) {
  return detail::sum_in_lanes(n, [=](Index j) {
    const double difference = static_cast<double>(a[j]) - static_cast<double>(b[j]);
    return difference * difference;
  });
}

NN_VECTOR_FUNCTION Scalar sum_of_lanes(Vec x) {
  Scalar lanes[kWidth];
  store(lanes, x);
  NN_UNROLL
  for (int half = kWidth / 2; half > 0; half /= 2) {
    NN_UNROLL
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

template <bool kPartial>
NN_VECTOR_FUNCTION Vec add_square(Vec sum, const Scalar* a, const Scalar* b, Lanes lanes) {
  const Vec difference =
      sub(load_end<kPartial>(a, true, lanes), load_end<kPartial>(b, true, lanes));
  return fma(difference, difference, sum);
}

NN_TARGET Scalar quick_squared_distance(Index n, const Scalar* a, const Scalar* b) {
  constexpr Index kSums = 4;
  const Lanes rest = first_lanes(static_cast<int>(n % kWidth));
  Vec sums[kSums] = {set1(0), set1(0), set1(0), set1(0)};
  Index j = 0;
  for (; j + kSums * kWidth <= n; j += kSums * kWidth) {
    NN_UNROLL
    for (Index s = 0; s < kSums; ++s)
      sums[s] = add_square<false>(sums[s], a + j + s * kWidth, b + j + s * kWidth, rest);
  }
  for (; j + kWidth <= n; j += kWidth) sums[0] = add_square<false>(sums[0], a + j, b + j, rest);
  if (j < n) sums[1] = add_square<true>(sums[1], a + j, b + j, rest);
  return sum_of_lanes(add(add(sums[0], sums[1]), add(sums[2], sums[3])));
}

NN_TARGET void quick_squared_distances(Index n, Index columns, const Scalar* x,
                                       const Scalar* points, Scalar* squares) {
  constexpr Index kSums = 4;
  for (Index column = 0; column < columns; column += kWidth) {
    const Scalar* point = points + column;
    Vec sums[kSums] = {set1(0), set1(0), set1(0), set1(0)};
    Index j = 0;
    for (; j + kSums <= n; j += kSums) {
      NN_UNROLL
      for (Index s = 0; s < kSums; ++s, point += columns) {
        const Vec difference = sub(set1(x[j + s]), load(point));
        sums[s] = fma(difference, difference, sums[s]);
      }
    }
    for (; j < n; ++j, point += columns) {
      const Vec difference = sub(set1(x[j]), load(point));
      sums[0] = fma(difference, difference, sums[0]);
    }
    store(squares + column, add(add(sums[0], sums[1]), add(sums[2], sums[3])));
  }
}

NN_TARGET void centred_strip(Index count, Index n, const Scalar* x, const Scalar* origin,
                             Scalar* to, double* norms) {
  for (Index lane = 0; lane < kLine; lane += kWidth) {
    const Index first = smaller(lane, count - 1);
    const Rows rows{x + first * n, n, static_cast<int>(smaller(kWidth, count - first))};
    if (rows.count == kWidth)
      pack_rows<true>(rows, n, to + lane, kLine);
    else
      pack_rows<false>(rows, n, to + lane, kLine);
  }
  for (Index j = 0; j < n; ++j)
    for (Index lane = 0; lane < kLine; lane += kWidth) {
      Scalar* numbers = to + j * kLine + lane;
      store(numbers, sub(load(numbers), set1(origin[j])));
    }
  for (Index lane = 0; lane < kLine; ++lane) {
    const Scalar* row = x + smaller(lane, count - 1) * n;
    norms[lane] = detail::sum_in_lanes(n, [=](Index j) {
      const auto centred = static_cast<double>(row[j] - origin[j]);
      return centred * centred;
    });
  }
}

NN_TARGET void two_smallest(Index rows, Index n, Index step, const Scalar* row_terms,
                            Scalar* values, Scalar* best, Scalar* places, Scalar* second) {
  const Vec one = set1(1), infinity = set1(__builtin_inf());
  for (Index j = 0; j < n; j += kWidth) {
    Vec least = infinity, next = infinity, where = set1(0), row = set1(0);
    for (Index i = 0; i < rows; ++i, row = add(row, one)) {
      const Vec value = add(load(values + i * step + j), set1(row_terms[i]));
      store(values + i * step + j, value);
      next = min(max(value, least), next);
      where = select(less(value, least), row, where);
      least = min(value, least);
    }
    store(best + j, least);
    store(places + j, where);
    store(second + j, next);
  }
}

NN_TARGET void root_of_smallest(Index rows, Index n, Index step, const Scalar* values, Index first,
                                const Scalar* left_out, const Scalar* column_terms, Scalar* roots) {
  const Vec one = set1(1), infinity = set1(__builtin_inf());
  for (Index j = 0; j < n; j += kWidth) {
    const Vec out = load(left_out + j);
    Vec least = infinity, row = set1(static_cast<Scalar>(first));
    for (Index i = 0; i < rows; ++i, row = add(row, one))
      least = min(select(equal(row, out), infinity, load(values + i * step + j)), least);
    store(roots + j, sqrt(max(add(least, load(column_terms + j)), set1(0))));
  }
}

NN_TARGET Index lower_bounds(Index rows, Index n, Index step, const Scalar* moved, Scalar factor,
                             const Scalar* upper, Scalar* lower, Scalar* open_rows) {
  const Vec zero = set1(0), one = set1(1);
  Vec count = zero;
  for (Index j = 0; j < n; j += kWidth) {
    const Vec top = load(upper + j);
    Vec opened = zero;
    Scalar bit = 1;
    for (Index i = 0; i < rows; ++i, bit *= 2) {
      Scalar* at = lower + i * step + j;
      const Vec bound = mul(sub(load(at), set1(moved[i])), set1(factor));
      store(at, bound);
      const Cmp closed = less(top, bound);
      opened = add(opened, select(closed, zero, set1(bit)));
      count = add(count, select(closed, zero, one));
    }
    store(open_rows + j, opened);
  }
  return static_cast<Index>(sum_of_lanes(count));
}

NN_TARGET void add_to_sums(Index n, double factor, const Scalar* x, double* sums) {
  for (Index j = 0; j < n; ++j) sums[j] += factor * static_cast<double>(x[j]);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
