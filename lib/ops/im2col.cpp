#include "nn/ops/im2col.hpp"

#include <algorithm>

namespace nn::inline NN_PRECISION {
namespace {

/// Calls f(row, image, n) for each of the size.height runs of n numbers of each window, in the
/// order of the rows' memory. `row` is the run's offset among the rows; `image` that of its first
/// number in the images, of which [begin, end) are there and the others padding: f(row, image,
/// begin, end).
template <class F>
void for_each_run(const Shape& images, const Windows& w, Index first, Index last, F f) {
  const Index height = images[1], width = images[2], channels = images[3];
  const Size2 count = w.count({height, width});
  const Index run = w.size.width * channels, line = width * channels;
  Index row = 0;
  for (Index l = first; l < last; ++l) {
    const Index top = l % count.height * w.stride.height - w.padding.height;
    const Index image = (l / count.height * height + top) * line;
    for (Index j = 0; j < count.width; ++j) {
      const Index left = j * w.stride.width - w.padding.width;
      const Index begin = std::clamp<Index>(-left, 0, w.size.width) * channels;
      const Index end = std::clamp<Index>(width - left, 0, w.size.width) * channels;
      for (Index i = 0; i < w.size.height; ++i, row += run) {
        const bool inside = top + i >= 0 && top + i < height;
        f(row, image + i * line + left * channels, inside ? begin : run, inside ? end : run);
      }
    }
  }
}

}  // namespace

void im2col(const Tensor& x, const Windows& windows, Index first, Index last, Tensor& rows) {
  const Scalar* in = x.data();
  Scalar* out = rows.data();
  const Index run = windows.size.width * x.size(3);
  for_each_run(x.shape(), windows, first, last, [=](Index row, Index at, Index begin, Index end) {
    for (Index i = 0; i < begin; ++i) out[row + i] = 0;
    for (Index i = begin; i < end; ++i) out[row + i] = in[at + i];
    for (Index i = std::max(begin, end); i < run; ++i) out[row + i] = 0;
  });
}

void col2im(const Tensor& rows, const Windows& windows, Index first, Index last, Tensor& dx) {
  const Scalar* in = rows.data();
  Scalar* out = dx.data();
  for_each_run(dx.shape(), windows, first, last, [=](Index row, Index at, Index begin, Index end) {
    for (Index i = begin; i < end; ++i) out[at + i] += in[row + i];
  });
}

}  // namespace nn::inline NN_PRECISION
