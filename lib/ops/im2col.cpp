#include "nn/ops/im2col.hpp"

#include <string>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "ops/images.hpp"

namespace nn::inline NN_PRECISION {
namespace {

void check_lines(const char* name, Index first, Index last, Index lines) {
  if (first < 0 || first > last || last > lines)
    throw RangeError(std::string(name) + ": lines " + std::to_string(first) + " to " +
                     std::to_string(last) + " of " + std::to_string(lines));
}

void check_rows(const char* name, const Tensor& rows, Index windows, Index elements) {
  if (rows.rank() != 2 || rows.size(0) != windows || rows.size(1) != elements ||
      !rows.is_contiguous())
    throw ShapeError(std::string(name) + ": expected contiguous rows " +
                     Shape{windows, elements}.to_string() + ", got " + rows.shape().to_string());
}

/// Calls f(runs, image's offset, rows' offset) for each line of windows in [first, last).
template <class F>
void for_each_line(const char* name, const Tensor& images, const Windows& w, Index first,
                   Index last, const Tensor& rows, F f) {
  detail::check_images(name, images.shape());
  if (w.padding != Size2(0)) throw ShapeError(std::string(name) + ": pad the images first");
  const Index height = images.size(1), channels = images.size(3), line = images.size(2) * channels;
  const Size2 count = w.count({height, images.size(2)}, name);
  check_lines(name, first, last, images.size(0) * count.height);
  check_rows(name, rows, (last - first) * count.width, w.size.height * w.size.width * channels);
  if (!images.is_contiguous())
    throw ShapeError(std::string(name) + ": the images " + images.shape().to_string() +
                     " are not contiguous");
  const kernels::Runs runs{count.width, w.size.height, w.size.width * channels,
                           w.stride.width * channels, line};
  const Index laid_out = runs.windows * runs.rows * runs.length;
  for (Index l = first; l < last; ++l) {
    const Index top = l / count.height * height + l % count.height * w.stride.height;
    f(runs, top * line, (l - first) * laid_out);
  }
}

void check_padding(const char* name, const Shape& images, const Size2& padding) {
  detail::check_images(name, images);
  Windows{1, 1, padding}.count({1, 1}, name);
}

/// The part of padded images that is not padding.
Tensor inner(const Tensor& x, const Size2& padding) {
  return x.slice(1, padding.height, x.size(1) - padding.height)
      .slice(2, padding.width, x.size(2) - padding.width);
}

}  // namespace

Shape padded(const Shape& images, const Size2& padding) {
  check_padding("padded", images, padding);
  return {images[0], images[1] + 2 * padding.height, images[2] + 2 * padding.width, images[3]};
}

Tensor pad(const Tensor& x, const Size2& padding) {
  check_padding("pad", x.shape(), padding);
  if (padding == Size2(0)) return x.contiguous();
  Tensor images = Tensor::zeros(padded(x.shape(), padding));
  inner(images, padding).copy_from(x);
  return images;
}

Tensor crop(const Tensor& x, const Size2& padding) {
  check_padding("crop", x.shape(), padding);
  if (x.size(1) < 2 * padding.height || x.size(2) < 2 * padding.width)
    throw ShapeError("crop: padding " + to_string(padding) + " of images " + x.shape().to_string());
  return inner(x, padding).contiguous();
}

void im2col(const Tensor& x, const Windows& windows, Index first, Index last, Tensor& rows) {
  const Scalar* in = x.data();
  Scalar* out = rows.data();
  for_each_line("im2col", x, windows, first, last, rows,
                [=](const kernels::Runs& runs, Index image, Index row) {
                  kernels::copy_runs(runs, in + image, out + row);
                });
}

void col2im(const Tensor& rows, const Windows& windows, Index first, Index last, Tensor& dx) {
  const Scalar* in = rows.data();
  Scalar* out = dx.data();
  for_each_line("col2im", dx, windows, first, last, rows,
                [=](const kernels::Runs& runs, Index image, Index row) {
                  kernels::add_runs(runs, in + row, out + image);
                });
}

}  // namespace nn::inline NN_PRECISION
