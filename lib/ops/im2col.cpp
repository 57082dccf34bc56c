#include "nn/ops/im2col.hpp"

#include <algorithm>

namespace nn::inline NN_PRECISION {
namespace {

/// One place of the kernel in all windows of a line: window q has it at rows[q * row_step], and in
/// the images at images[q * image_step], if begin <= q < end; else it lies in the padding.
struct Tap {
  Index rows, row_step, images, image_step, begin, end, windows, channels;
};

/// The smallest q >= 0 with q * step >= n. The usual step has no division, which would take longer
/// than a line's windows.
Index ceil_div(Index n, Index step) {
  if (n <= 0) return 0;
  return step == 1 ? n : (n - 1) / step + 1;
}

template <class F>
void for_each_tap(const Shape& images, const Windows& w, Index first, Index last, F f) {
  const Index height = images[1], width = images[2], channels = images[3];
  const Size2 count = w.count({height, width});
  Tap tap{};
  tap.row_step = w.size.height * w.size.width * channels;
  tap.image_step = w.stride.width * channels;
  tap.windows = count.width;
  tap.channels = channels;
  for (Index line = first; line < last; ++line) {
    const Index top = line % count.height * w.stride.height - w.padding.height;
    tap.rows = (line - first) * count.width * tap.row_step;
    for (Index y = top; y < top + w.size.height; ++y) {
      const Index row = (line / count.height * height + y) * width;
      for (Index x = -w.padding.width; x < w.size.width - w.padding.width; ++x) {
        const bool inside = y >= 0 && y < height;
        tap.images = (row + x) * channels;
        tap.end = inside ? std::min(count.width, ceil_div(width - x, w.stride.width)) : 0;
        tap.begin = std::min(tap.end, ceil_div(-x, w.stride.width));
        f(tap);
        tap.rows += channels;
      }
    }
  }
}

/// With the number of channels known, or 0: with one, as images begin, the loop over them goes.
template <Index kChannels>
void lay_out(const Scalar* images, const Tap& tap, Scalar* rows) {
  const Index channels = kChannels ? kChannels : tap.channels;
  Scalar* to = rows + tap.rows;
  Index q = 0;
  for (; q < tap.begin; ++q, to += tap.row_step) std::fill_n(to, channels, Scalar{0});
  for (; q < tap.end; ++q, to += tap.row_step)
    std::copy_n(images + tap.images + q * tap.image_step, channels, to);
  for (; q < tap.windows; ++q, to += tap.row_step) std::fill_n(to, channels, Scalar{0});
}

}  // namespace

void im2col(const Tensor& x, const Windows& windows, Index first, Index last, Tensor& rows) {
  const Scalar* in = x.data();
  Scalar* out = rows.data();
  for_each_tap(x.shape(), windows, first, last, [=](const Tap& tap) {
    if (tap.channels == 1)
      lay_out<1>(in, tap, out);
    else
      lay_out<0>(in, tap, out);
  });
}

void col2im(const Tensor& rows, const Windows& windows, Index first, Index last, Tensor& dx) {
  const Scalar* in = rows.data();
  Scalar* out = dx.data();
  for_each_tap(dx.shape(), windows, first, last, [=](const Tap& tap) {
    for (Index q = tap.begin; q < tap.end; ++q) {
      const Scalar* __restrict from = in + tap.rows + q * tap.row_step;
      Scalar* __restrict to = out + tap.images + q * tap.image_step;
      for (Index c = 0; c < tap.channels; ++c) to[c] += from[c];
    }
  });
}

}  // namespace nn::inline NN_PRECISION
