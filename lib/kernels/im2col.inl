// Convolution's windows: copies and adds their rows.
#pragma once

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

template <bool kAdds>
NN_VECTOR_FUNCTION void move_row(Index length, Index whole, Lanes rest, const Scalar* from,
                                 Scalar* to) {
  for (Index i = 0; i < whole; i += kWidth)
    store(to + i, kAdds ? add(load(to + i), load(from + i)) : load(from + i));
  if (whole == length) return;
  const Vec last = load_lanes(from + whole, rest);
  store_lanes(to + whole, kAdds ? add(load_lanes(to + whole, rest), last) : last, rest);
}

NN_TARGET void im2col(const ConvWindows& w, const Scalar* images, Scalar* windows) {
  const Index whole = w.row_length / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(w.row_length - whole));
  for (Index q = 0; q < w.windows; ++q, images += w.window_step) {
    for (Index y = 0; y < w.rows; ++y, windows += w.row_length)
      move_row<false>(w.row_length, whole, rest, images + y * w.row_step, windows);
  }
}

NN_TARGET void col2im(const ConvWindows& w, const Scalar* windows, Scalar* images) {
  const Index whole = w.row_length / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(w.row_length - whole));
  images += w.windows * w.window_step;
  windows += w.windows * w.rows * w.row_length;
  for (Index q = w.windows; q > 0; --q) {
    images -= w.window_step;
    windows -= w.rows * w.row_length;
    for (Index y = 0; y < w.rows; ++y)
      move_row<true>(w.row_length, whole, rest, windows + y * w.row_length,
                     images + y * w.row_step);
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
