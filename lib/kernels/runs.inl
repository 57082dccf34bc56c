// Convolution's windows: copies and adds their rows.

namespace nn::inline NN_PRECISION::kernels {
namespace {

template <bool kAdds>
NN_VECTOR_FUNCTION void move_run(Index length, Index whole, Lanes rest, const Scalar* from,
                                 Scalar* to) {
  for (Index i = 0; i < whole; i += kWidth)
    store(to + i, kAdds ? add(load(to + i), load(from + i)) : load(from + i));
  if (whole == length) return;
  const Vec last = load_lanes(from + whole, rest);
  store_lanes(to + whole, kAdds ? add(load_lanes(to + whole, rest), last) : last, rest);
}

NN_TARGET void copy_runs_all(const Runs& r, const Scalar* images, Scalar* windows) {
  const Index whole = r.length / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(r.length - whole));
  for (Index q = 0; q < r.windows; ++q, images += r.window_step) {
    for (Index y = 0; y < r.rows; ++y, windows += r.length)
      move_run<false>(r.length, whole, rest, images + y * r.row_step, windows);
  }
}

NN_TARGET void add_runs_all(const Runs& r, const Scalar* windows, Scalar* images) {
  const Index whole = r.length / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(r.length - whole));
  images += r.windows * r.window_step;
  windows += r.windows * r.rows * r.length;
  for (Index q = r.windows; q > 0; --q) {
    images -= r.window_step;
    windows -= r.rows * r.length;
    for (Index y = 0; y < r.rows; ++y)
      move_run<true>(r.length, whole, rest, windows + y * r.length, images + y * r.row_step);
  }
}

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
