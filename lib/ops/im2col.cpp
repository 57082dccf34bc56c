#include "nn/ops/im2col.hpp"

#include <string>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION {
namespace {

/// Calls f(runs, image's offset, rows' offset) for each line of windows in [first, last).
template <class F>
void for_each_line(const char* name, const Shape& images, const Windows& w, Index first, Index last,
                   F f) {
  if (w.padding != Size2(0)) throw ShapeError(std::string(name) + ": pad the images first");
  const Index height = images[1], line = images[2] * images[3];
  const Size2 count = w.count({height, images[2]});
  const kernels::Runs runs{count.width, w.size.height, w.size.width * images[3],
                           w.stride.width * images[3], line};
  const Index laid_out = runs.windows * runs.rows * runs.length;
  for (Index l = first; l < last; ++l) {
    const Index top = l / count.height * height + l % count.height * w.stride.height;
    f(runs, top * line, (l - first) * laid_out);
  }
}

/// The part of padded images that is not padding.
Tensor inner(const Tensor& x, const Size2& padding) {
  return x.slice(1, padding.height, x.size(1) - padding.height)
      .slice(2, padding.width, x.size(2) - padding.width);
}

}  // namespace

Shape padded(const Shape& images, const Size2& padding) {
  return {images[0], images[1] + 2 * padding.height, images[2] + 2 * padding.width, images[3]};
}

Tensor pad(const Tensor& x, const Size2& padding) {
  if (padding == Size2(0)) return x.contiguous();
  Tensor images = Tensor::zeros(padded(x.shape(), padding));
  inner(images, padding).copy_from(x);
  return images;
}

Tensor crop(const Tensor& x, const Size2& padding) { return inner(x, padding).contiguous(); }

void im2col(const Tensor& x, const Windows& windows, Index first, Index last, Tensor& rows) {
  const Scalar* in = x.data();
  Scalar* out = rows.data();
  for_each_line("im2col", x.shape(), windows, first, last,
                [=](const kernels::Runs& runs, Index image, Index row) {
                  kernels::copy_runs(runs, in + image, out + row);
                });
}

void col2im(const Tensor& rows, const Windows& windows, Index first, Index last, Tensor& dx) {
  const Scalar* in = rows.data();
  Scalar* out = dx.data();
  for_each_line("col2im", dx.shape(), windows, first, last,
                [=](const kernels::Runs& runs, Index image, Index row) {
                  kernels::add_runs(runs, in + row, out + image);
                });
}

}  // namespace nn::inline NN_PRECISION
