// Max-pooling of a line of windows: a vector of channels at a time, each window held in registers.
#pragma once

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// The largest element of a window, whose first is at x, and its place, of `lanes` channels.
template <bool kPartial>
NN_VECTOR_FUNCTION void pool_window(const PoolWindows& w, const Scalar* x, Scalar* best,
                                    Scalar* places, Lanes lanes) {
  const Vec one = set1(1), row_places = set1(static_cast<Scalar>(w.place_step));
  Vec first = set1(static_cast<Scalar>(w.first_place));
  Vec value = load_end<kPartial>(x, true, lanes), place = first;
  for (Index i = 0; i < w.rows; ++i, x += w.row_step, first = add(first, row_places)) {
    Vec here = first;
    for (Index j = 0; j < w.columns; ++j, here = add(here, one)) {
      const Vec other = load_end<kPartial>(x + j * w.channels, true, lanes);
      const Cmp takes = larger_or_nan(other, value);
      value = select(takes, other, value);
      place = select(takes, here, place);
    }
  }
  store_end<kPartial>(best, value, true, lanes);
  store_end<kPartial>(places, place, true, lanes);
}

NN_TARGET void max_pool(const PoolWindows& given, const Scalar* x, Scalar* best, Scalar* places) {
  const PoolWindows w = given;  // a copy stays in registers, as no store can reach it
  const Index n = w.channels, whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (Index q = 0; q < w.windows; ++q, x += w.window_step, best += n, places += n) {
    for (Index c = 0; c < whole; c += kWidth)
      pool_window<false>(w, x + c, best + c, places + c, rest);
    if (whole < n) pool_window<true>(w, x + whole, best + whole, places + whole, rest);
  }
}

template <bool kPartial, bool kOverwrite>
NN_VECTOR_FUNCTION void unpool_window(const PoolWindows& w, const Scalar* delta,
                                      const Scalar* places, Scalar* dx, Lanes lanes) {
  const Vec one = set1(1), row_places = set1(static_cast<Scalar>(w.place_step));
  const Vec value = load_end<kPartial>(delta, true, lanes);
  const Vec place = load_end<kPartial>(places, true, lanes);
  Vec first = set1(static_cast<Scalar>(w.first_place));
  for (Index i = 0; i < w.rows; ++i, dx += w.row_step, first = add(first, row_places)) {
    Vec here = first;
    for (Index j = 0; j < w.columns; ++j, here = add(here, one)) {
      Scalar* to = dx + j * w.channels;
      const Vec part = select(equal(place, here), value, set1(0));
      store_end<kPartial>(to, kOverwrite ? part : add(load_end<kPartial>(to, true, lanes), part),
                          true, lanes);
    }
  }
}

template <bool kOverwrite>
NN_TARGET void unpool(const PoolWindows& given, const Scalar* delta, const Scalar* places,
                      Scalar* dx) {
  const PoolWindows w = given;  // a copy stays in registers, as no store can reach it
  const Index n = w.channels, whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (Index q = 0; q < w.windows; ++q, dx += w.window_step, delta += n, places += n) {
    for (Index c = 0; c < whole; c += kWidth)
      unpool_window<false, kOverwrite>(w, delta + c, places + c, dx + c, rest);
    if (whole < n)
      unpool_window<true, kOverwrite>(w, delta + whole, places + whole, dx + whole, rest);
  }
}

NN_TARGET void max_pool_backward(const PoolWindows& w, const Scalar* delta, const Scalar* places,
                                 bool overwrite, Scalar* dx) {
  (overwrite ? unpool<true> : unpool<false>)(w, delta, places, dx);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
