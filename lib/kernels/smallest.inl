// The two smallest numbers of each column.
#pragma once

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

template <bool kPartial>
NN_VECTOR_FUNCTION void two_smallest_of(Index rows, Index step, const Scalar* added, Scalar* values,
                                        Scalar* best, Scalar* place, Scalar* second, Lanes lanes) {
  const Vec one = set1(1), infinity = set1(__builtin_inf());
  Vec least = infinity, next = infinity, where = set1(0), row = set1(0);
  for (Index i = 0; i < rows; ++i, values += step, row = add(row, one)) {
    const Vec value = add(load_end<kPartial>(values, true, lanes), set1(added[i]));
    store_end<kPartial>(values, value, true, lanes);
    next = min(max(value, least), next);
    where = select(less(value, least), row, where);
    least = min(value, least);
  }
  store_end<kPartial>(best, least, true, lanes);
  store_end<kPartial>(place, where, true, lanes);
  store_end<kPartial>(second, next, true, lanes);
}

NN_TARGET void two_smallest(Index rows, Index n, Index step, const Scalar* added, Scalar* values,
                            Scalar* best, Scalar* places, Scalar* second) {
  const Index whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (Index j = 0; j < whole; j += kWidth)
    two_smallest_of<false>(rows, step, added, values + j, best + j, places + j, second + j, rest);
  if (whole < n)
    two_smallest_of<true>(rows, step, added, values + whole, best + whole, places + whole,
                          second + whole, rest);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
