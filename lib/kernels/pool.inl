// Max-pooling of a line of windows: a vector of channels at a time, each window held in registers.

namespace nn::inline NN_PRECISION::kernels {
namespace {

/// The largest element of a window, whose first is at x, and its place, of `lanes` channels.
template <bool kPartial>
NN_VECTOR_FUNCTION void pool_window(const PoolLine& line, const Scalar* x, Scalar* best,
                                    Scalar* places, Lanes lanes) {
  const Vec one = set1(1), row_places = set1(static_cast<Scalar>(line.place_step));
  Vec first = set1(static_cast<Scalar>(line.first_place));
  Vec value = load_end<kPartial>(x, true, lanes), place = first;
  for (Index i = 0; i < line.rows; ++i, x += line.row_step, first = add(first, row_places)) {
    Vec here = first;
    for (Index j = 0; j < line.columns; ++j, here = add(here, one)) {
      const Vec other = load_end<kPartial>(x + j * line.channels, true, lanes);
      const Cmp takes = larger_or_nan(other, value);
      value = select(takes, other, value);
      place = select(takes, here, place);
    }
  }
  store_end<kPartial>(best, value, true, lanes);
  store_end<kPartial>(places, place, true, lanes);
}

NN_TARGET void max_pool_all(const PoolLine& given, const Scalar* x, Scalar* best, Scalar* places) {
  const PoolLine line = given;  // a copy stays in registers, as no store can reach it
  const Index n = line.channels, whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (Index q = 0; q < line.windows; ++q, x += line.window_step, best += n, places += n) {
    for (Index c = 0; c < whole; c += kWidth)
      pool_window<false>(line, x + c, best + c, places + c, rest);
    if (whole < n) pool_window<true>(line, x + whole, best + whole, places + whole, rest);
  }
}

template <bool kPartial, bool kOnly>
NN_VECTOR_FUNCTION void unpool_window(const PoolLine& line, const Scalar* delta,
                                      const Scalar* places, Scalar* dx, Lanes lanes) {
  const Vec one = set1(1), row_places = set1(static_cast<Scalar>(line.place_step));
  const Vec value = load_end<kPartial>(delta, true, lanes);
  const Vec place = load_end<kPartial>(places, true, lanes);
  Vec first = set1(static_cast<Scalar>(line.first_place));
  for (Index i = 0; i < line.rows; ++i, dx += line.row_step, first = add(first, row_places)) {
    Vec here = first;
    for (Index j = 0; j < line.columns; ++j, here = add(here, one)) {
      Scalar* to = dx + j * line.channels;
      const Vec part = select(equal(place, here), value, set1(0));
      store_end<kPartial>(to, kOnly ? part : add(load_end<kPartial>(to, true, lanes), part), true,
                          lanes);
    }
  }
}

template <bool kOnly>
NN_TARGET void unpool_line(const PoolLine& given, const Scalar* delta, const Scalar* places,
                           Scalar* dx) {
  const PoolLine line = given;  // a copy stays in registers, as no store can reach it
  const Index n = line.channels, whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (Index q = 0; q < line.windows; ++q, dx += line.window_step, delta += n, places += n) {
    for (Index c = 0; c < whole; c += kWidth)
      unpool_window<false, kOnly>(line, delta + c, places + c, dx + c, rest);
    if (whole < n)
      unpool_window<true, kOnly>(line, delta + whole, places + whole, dx + whole, rest);
  }
}

NN_TARGET void max_pool_backward_all(const PoolLine& line, const Scalar* delta,
                                     const Scalar* places, bool only, Scalar* dx) {
  (only ? unpool_line<true> : unpool_line<false>)(line, delta, places, dx);
}

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
