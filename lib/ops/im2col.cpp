#include "nn/ops/im2col.hpp"

#include <algorithm>
#include <string>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "ops/pad_lines.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

void check_lines(const char* name, Index first, Index last, Index lines) {
  if (first < 0 || first > last || last > lines)
    throw RangeError(std::string(name) + ": lines " + std::to_string(first) + " to " +
                     std::to_string(last) + " of " + std::to_string(lines));
}

void check_rows(const char* name, const Tensor& rows, bool are_contiguous, Index windows,
                Index elements) {
  if (rows.rank() != 2 || rows.size(0) != windows || rows.size(1) != elements || !are_contiguous)
    throw ShapeError(std::string(name) + ": expected contiguous rows " +
                     Shape{windows, elements}.to_string() + ", got " + rows.shape().to_string());
}

/// The sizes of images and of the windows on them.
struct Layout {
  Layout(const char* name, const Tensor& images, const Windows& windows) : w(windows) {
    detail::check_images(name, images.shape());
    if (w.padding != Size2(0) || w.ceil_mode)
      throw ShapeError(std::string(name) + ": pad the images first");
    height = images.size(1), channels = images.size(3);
    count = w.count({height, images.size(2)}, name);
    elements = w.size.height * w.size.width * channels;
    if (channels > 1 && images.stride(3) != 1)
      throw ShapeError(std::string(name) + ": the images " + images.shape().to_string() +
                       " are not contiguous");
    image = images.stride(0), line = images.stride(1), pixel = images.stride(2);
  }

  /// The offset of line l's first window.
  Index top(Index l) const {
    return l / count.height * image + l % count.height * w.stride.height * line;
  }
  /// The offset of element i of row y in a window.
  Index within(Index y, Index i) const {
    return y * w.dilation.height * line + i / channels * w.dilation.width * pixel + i % channels;
  }
  /// Whether a window's row lies in one piece.
  bool has_whole_rows() const {
    return w.size.width == 1 || (w.dilation.width == 1 && pixel == channels);
  }

  Windows w;
  Size2 count = 0;
  Index height, channels, elements;
  Index image, line, pixel;  // from one to the next
};

/// Calls f(windows, offset in the images, offset in the rows) for each line of windows in [first,
/// last), or, where a window's rows are in pieces, for each window, whose rows are then given as
/// windows of one pixel each.
template <class F>
void for_each_line(const Layout& layout, Index first, Index last, F f) {
  const Windows& w = layout.w;
  const Index step = w.stride.width * layout.pixel, row = w.dilation.height * layout.line;
  const Index laid_out = layout.count.width * layout.elements;
  const kernels::ConvWindows line{layout.count.width, w.size.height, w.size.width * layout.channels,
                                  step, row};
  const kernels::ConvWindows window{w.size.height, w.size.width, layout.channels, row,
                                    w.dilation.width * layout.pixel};
  const bool whole = layout.has_whole_rows();
  for (Index l = first; l < last; ++l) {
    const Index image = layout.top(l), rows = (l - first) * laid_out;
    if (whole) {
      f(line, image, rows);
      continue;
    }
    for (Index q = layout.count.width; q-- > 0;)
      f(window, image + q * step, rows + q * layout.elements);
  }
}

/// Lays windows out as columns. A row holds one element of every window, and rows are `apart`
/// numbers apart. If windows begin at successive numbers, a row's part of a line is contiguous in
/// the image.
void copy_columns(const Layout& layout, Index first, Index last, const Scalar* images,
                  Scalar* columns, Index apart) {
  const Windows& w = layout.w;
  const Index width = layout.count.width, step = w.stride.width * layout.pixel;
  for (Index l = first, end; l < last; l = end) {
    end = std::min(last, (l / layout.count.height + 1) * layout.count.height);  // of this image
    const kernels::ConvWindows line{end - l, 1, width, w.stride.height * layout.line, 0};
    const Scalar* top = images + layout.top(l);
    Scalar* to = columns + (l - first) * width;
    for (Index y = 0; y < w.size.height; ++y) {
      for (Index i = 0; i < w.size.width * layout.channels; ++i, to += apart) {
        const Scalar* from = top + layout.within(y, i);
        if (step == 1) {
          kernels::active().im2col(line, from, to);
          continue;
        }
        for (Index r = 0; r < line.windows; ++r)
          for (Index q = 0; q < width; ++q)
            to[r * width + q] = from[r * line.window_step + q * step];
      }
    }
  }
}

void check_padding(const char* name, const Shape& images, const Size2& padding) {
  detail::check_images(name, images);
  Windows{1, 1, padding}.count({1, 1}, name);
}

/// Padded images without their padding, as a view.
Tensor inner(const Tensor& x, const Size2& padding) {
  return x.slice(1, padding.height, x.size(1) - padding.height)
      .slice(2, padding.width, x.size(2) - padding.width);
}

/// Calls f(begin, end) on ranges of images of this shape, from several threads.
template <class F>
void for_images(const Shape& images, F f) {
  constexpr Index grain = 16384;  // numbers for each thread, at the least
  parallel_for(images[0], grain / std::max<Index>(images.example_numel(), 1) + 1, f);
}

}  // namespace

Shape padded(const Shape& images, const Size2& padding) {
  check_padding("padded", images, padding);
  return {images[0], images[1] + 2 * padding.height, images[2] + 2 * padding.width, images[3]};
}

void detail::pad_lines(const Tensor& x, const Size2& padding, Index first, Index last, Scalar* to) {
  const Index inner = x.size(2) * x.size(3), side = padding.width * x.size(3);
  const Index line = side + inner + side, height = x.size(1) + 2 * padding.height;
  std::fill_n(to, (last - first) * line, Scalar{0});
  for (Index image = first / height; image * height < last; ++image) {
    const Index top = image * height + padding.height;
    const Index until = std::min(last, top + x.size(1));
    for (Index l = std::max(first, top); l < until; ++l)
      std::copy_n(x.data() + (image * x.size(1) + l - top) * inner, inner,
                  to + (l - first) * line + side);
  }
}

Tensor pad(const Tensor& x, const Size2& padding) {
  check_padding("pad", x.shape(), padding);
  if (padding == Size2(0)) return x.contiguous();
  Tensor images(padded(x.shape(), padding));
  const Tensor from = x.contiguous();
  const Index height = images.size(1);
  for_images(images.shape(), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      detail::pad_lines(from, padding, i * height, (i + 1) * height,
                        images.data() + i * images.stride(0));
  });
  return images;
}

Tensor crop(const Tensor& x, const Size2& padding) {
  check_padding("crop", x.shape(), padding);
  if (x.size(1) < 2 * padding.height || x.size(2) < 2 * padding.width)
    throw ShapeError("crop: padding " + to_string(padding) + " of images " + x.shape().to_string());
  if (padding == Size2(0)) return x.contiguous();
  const Tensor part = inner(x, padding);
  Tensor images(part.shape());
  for_images(x.shape(), [&](Index begin, Index end) {
    images.slice(0, begin, end).copy_from(part.slice(0, begin, end));
  });
  return images;
}

void im2col(const Tensor& x, const Windows& windows, Index first, Index last, Tensor& rows) {
  if (may_overlap(x, rows)) return im2col(x.clone(), windows, first, last, rows);
  const Layout layout("im2col", x, windows);
  check_lines("im2col", first, last, x.size(0) * layout.count.height);
  const bool as_rows = rows.is_contiguous();
  check_rows("im2col", rows, as_rows || (rows.rank() == 2 && rows.transpose().is_contiguous()),
             (last - first) * layout.count.width, layout.elements);
  const Scalar* in = x.data();
  Scalar* out = rows.data();
  if (!as_rows) return copy_columns(layout, first, last, in, out, rows.stride(1));
  for_each_line(layout, first, last, [=](const kernels::ConvWindows& line, Index image, Index row) {
    kernels::active().im2col(line, in + image, out + row);
  });
}

void col2im(const Tensor& rows, const Windows& windows, Index first, Index last, Tensor& dx) {
  const Layout layout("col2im", dx, windows);
  detail::check_writable("col2im", dx);
  check_lines("col2im", first, last, dx.size(0) * layout.count.height);
  check_rows("col2im", rows, rows.is_contiguous(), (last - first) * layout.count.width,
             layout.elements);
  const Scalar* in = rows.data();
  Scalar* out = dx.data();
  for_each_line(layout, first, last, [=](const kernels::ConvWindows& line, Index image, Index row) {
    kernels::active().col2im(line, in + row, out + image);
  });
}

}}  // namespace nn::NN_PRECISION
