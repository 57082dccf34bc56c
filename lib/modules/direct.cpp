#include "modules/direct.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "kernels/product.hpp"
#include "modules/conv_parts.hpp"
#include "nn/ops/im2col.hpp"
#include "ops/pad_lines.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

using kernels::ConstMatrix;
using kernels::Matrix;

/// Offsets of pieces of memory.
class Places {
 public:
  void add(Index offset) { offsets_[static_cast<std::size_t>(count_++)] = offset; }
  Index count() const { return count_; }
  const Index* offsets() const { return offsets_.data(); }
  kernels::Pieces pieces(Index length) const { return {offsets(), count_, length}; }

 private:
  std::array<Index, kLeafPositions> offsets_;
  Index count_ = 0;
};

/// Calls f(begin, end) for lines [first, last) of windows, `width` in a line, as many at a time as
/// have their Places.
template <class F>
void for_lines(Index first, Index last, Index width, F f) {
  const Index step = std::max<Index>(1, kLeafPositions / width);
  for (Index begin = first; begin < last; begin += step) f(begin, std::min(last, begin + step));
}

/// Calls f(image, y) for those of lines [begin, end), `height` in an image, that are [first, last)
/// in theirs.
template <class F>
void for_each_line(Index begin, Index end, Index height, Index first, Index last, F f) {
  for (Index image = begin / height; image * height < end; ++image) {
    const Index above = image * height, until = std::min(last, end - above);
    for (Index y = std::max(first, begin - above); y < until; ++y) f(image, y);
  }
}

/// Whether a line of a window lies in one piece.
bool has_whole_lines(const Windows& w, Index groups) {
  return groups == 1 && (w.dilation.width == 1 || w.size.width == 1);
}

/// Along one side, of `count` elements `stride` apart, the first at `start`: those that are among
/// `size` pixels, [first, last).
struct Side {
  Side(Index start_, Index count, Index stride_, Index size)
      : start(start_),
        stride(stride_),
        first(start < 0 ? (-start + stride - 1) / stride : 0),
        last(start < size ? std::min(count, (size - 1 - start) / stride + 1) : 0) {}
  Index pixel(Index i) const { return start + i * stride; }
  bool has(Index i) const { return first <= i && i < last; }

  Index start, stride, first, last;
};

/// Of the windows in line p of an image, the lines on it.
Side window_lines(const Windows& w, Index p, Index height) {
  return {p * w.stride.height - w.padding.height, w.size.height, w.dilation.height, height};
}

/// Calls f(first, last, lines) for lines [first, last) of windows in an image that have the same
/// lines on it, for all that are among [begin, end) of all images' lines.
template <class F>
void for_alike(const Windows& w, Index begin, Index end, Index count, Index image_height, F f) {
  const bool in_one_image = begin / count == (end - 1) / count;
  const Index most = in_one_image ? (end - 1) % count + 1 : count;
  for (Index first = in_one_image ? begin % count : 0, last; first < most; first = last) {
    const Side lines = window_lines(w, first, image_height);
    for (last = first + 1; last < most; ++last) {
      const Side others = window_lines(w, last, image_height);
      if (others.first != lines.first || others.last != lines.last) break;
    }
    f(first, last, lines);
  }
}

/// The padded lines that lines [begin, end) of windows have, `height` of these in an image.
class PaddedLines {
 public:
  PaddedLines(const DirectImages& images, Index height, Index begin, Index end)
      : image_height_(images.height()),
        step_(images.windows.stride.height),
        above_(images.windows.padding.height),
        lines_(images.x) {
    const Size2& zeros = images.missing;
    if (zeros == Size2(0)) return;
    const Index last_top = first_line((end - 1) / height, (end - 1) % height);
    const Index last =
        std::min(lines_.size(0) * image_height_, last_top + images.windows.span().height);
    first_ = std::max<Index>(0, first_line(begin / height, begin % height));
    lines_ = Tensor(Shape{1, last - first_, images.x.size(2) + 2 * zeros.width, channels()});
    pad_lines(images.x, zeros, first_, last, lines_.data());
  }

  const Scalar* data() const { return lines_.data(); }
  Index line() const { return lines_.size(2) * channels(); }  // numbers in it
  Index channels() const { return lines_.size(3); }
  /// Where the windows of line y of an image begin.
  Index top(Index image, Index y) const { return (first_line(image, y) - first_) * line(); }

 private:
  /// The first line that these windows have, counted through all images.
  Index first_line(Index image, Index y) const {
    return image * image_height_ + y * step_ - above_;
  }

  Index image_height_, step_, above_, first_ = 0;
  Tensor lines_;
};

/// The pieces of lines [first, last) of a window in which its numbers lie together.
struct WindowLines {
  WindowLines(const Windows& w, const PaddedLines& x, Index groups, Index first, Index last)
      : length(piece_length(w, groups, x.channels())) {
    const bool whole = has_whole_lines(w, groups);
    for (Index i = first; i < last; ++i)
      for (Index j = 0; j < (whole ? 1 : w.size.width); ++j)
        places.add(i * w.dilation.height * x.line() + j * w.dilation.width * x.channels());
  }
  kernels::Pieces pieces() const { return places.pieces(length); }

  Places places;
  Index length;
};

Places equally_spaced(Index count, Index distance) {
  Places places;
  for (Index i = 0; i < count; ++i) places.add(i * distance);
  return places;
}

}  // namespace

Index piece_length(const Windows& w, Index groups, Index chan_in) {
  return chan_in / groups * (has_whole_lines(w, groups) ? w.size.width : 1);
}

bool is_direct(const Windows& w, Index groups, const Shape& x, Index chan_out) {
  const Index window = w.size.height * w.size.width * (x[3] / groups);
  const Index steps = std::max({window, x[2] + 2 * w.padding.width, kLeafPositions});
  return chan_out / groups > 1 && window / piece_length(w, groups, x[3]) <= kLeafPositions &&
         steps <= kernels::kGroupSteps;
}

bool is_direct_backward(const Windows& w, Index groups, const Shape& x, Index chan_out) {
  constexpr Index whole_vectors = 64 / sizeof(Scalar);  // parts of them take too long
  return is_direct(w, groups, x, chan_out) && x[3] / groups % whole_vectors == 0 &&
         chan_out / groups <= kernels::kBlockSteps;
}

Size2 direct_padding(const Windows& w) {
  const bool all_windows_have_pixels = w.dilation.height == 1 && w.padding.height < w.size.height;
  return {all_windows_have_pixels ? 0 : w.padding.height, w.padding.width};
}

DirectImages::DirectImages(const Tensor& images, const Windows& w, const Size2& padding,
                           Index width)
    : x(images), missing(padding), windows(w) {
  windows.padding = {w.padding.height - padding.height, w.padding.width - padding.width};
  if (kLeafPositions / width < 2 * w.span().height) x = pad(x, std::exchange(missing, 0));
  x = x.contiguous();
}

void direct(const DirectImages& images, const Tensor& weight, const Tensor* bias, Index groups,
            Tensor& z) {
  const Tensor w = weight.contiguous(), b = bias ? bias->contiguous() : Tensor();
  const Windows& windows = images.windows;
  const Index height = z.size(1), width = z.size(2), chan_out = z.size(3);
  const Index in = images.x.size(3) / groups, out = chan_out / groups;
  const Index step = windows.stride.width * images.x.size(3);
  const Index line = windows.size.width * in;  // steps of a line of a window
  Scalar* to = z.data();

  // For lines [begin, end), as far as they are [first, last) in their images, where windows have
  // lines `rows` in x.
  auto multiply = [&](const PaddedLines& on, Index begin, Index end, Index first, Index last,
                      const Side& rows) {
    const WindowLines window(windows, on, groups, rows.first, rows.last);
    Places lines, results;
    for_each_line(begin, end, height, first, last, [&](Index image, Index y) {
      lines.add(on.top(image, y));
      results.add((image * height + y) * width * chan_out);
    });
    if (lines.count() == 0) return;
    for (Index g = 0; g < groups; ++g)  // z = windows W + b
      kernels::active().multiply_pieces(
          {lines.pieces(width), window.pieces(), rows.first * line, results.offsets(), out,
           ConstMatrix{on.data() + g * in, step, 1},
           ConstMatrix{w.data() + rows.first * line * chan_out + g * out, chan_out, 1}, 0,
           Matrix{to + g * out, chan_out, 1}, bias ? b.data() + g * out : nullptr});
  };
  parallel_for(z.size(0) * height, conv_grain(width * w.numel()), [&](Index from, Index until) {
    for_lines(from, until, width, [&](Index begin, Index end) {
      const PaddedLines on(images, height, begin, end);
      for_alike(windows, begin, end, height, images.height(),
                [&](Index first, Index last, const Side& rows) {
                  multiply(on, begin, end, first, last, rows);
                });
    });
  });
}

void direct_backward(const Tensor& delta, const Tensor& w, const Windows& windows, Index groups,
                     Tensor& dx) {
  const Tensor wt = w.transpose().clone();
  const Index height = delta.size(1), width = delta.size(2), chan_out = delta.size(3);
  const Index in = dx.size(3) / groups, out = chan_out / groups;
  const Index columns = windows.size.width, step = windows.stride.width * dx.stride(2);
  const Places channels = equally_spaced(1, 0);
  Scalar* to = dx.data();

  // Adds what element (i, j) of the windows gets.
  auto add = [&](Index begin, Index end, Index i, Index j) {
    const Side y(i * windows.dilation.height - windows.padding.height, height,
                 windows.stride.height, dx.size(1));
    const Side x(j * windows.dilation.width - windows.padding.width, width, windows.stride.width,
                 dx.size(2));
    if (x.first >= x.last) return;
    Places lines, results;
    for (Index l = begin; l < end; ++l) {
      if (!y.has(l % height)) continue;
      lines.add((l * width + x.first) * chan_out);
      results.add(l / height * dx.stride(0) + y.pixel(l % height) * dx.stride(1) +
                  x.pixel(x.first) * dx.stride(2));
    }
    if (lines.count() == 0) return;
    for (Index g = 0; g < groups; ++g)
      kernels::active().multiply_pieces(
          {lines.pieces(x.last - x.first), channels.pieces(out), 0, results.offsets(), in,
           ConstMatrix{delta.data() + g * out, chan_out, 1},
           ConstMatrix{wt.data() + g * out * wt.stride(0) + (i * columns + j) * in, wt.stride(0),
                       1},
           1, Matrix{to + g * in, step, 1}, nullptr});
  };
  parallel_for(dx.size(0), conv_grain(height * width * w.numel()), [&](Index first, Index last) {
    dx.slice(0, first, last).fill(0);
    for_lines(first * height, last * height, width, [&](Index begin, Index end) {
      // Each number of dx gets its windows' parts line after line, from the last of a line on.
      for (Index i = windows.size.height; i-- > 0;)
        for (Index j = 0; j < columns; ++j) add(begin, end, i, j);
    });
  });
}

void direct_gradient(const DirectImages& images, const Tensor& delta, Index groups, Index begin,
                     Index end, Tensor& dw) {
  const PaddedLines on(images, delta.size(1), begin, end);
  const WindowLines window(images.windows, on, groups, 0, images.windows.size.height);
  const Index width = delta.size(2), chan_out = delta.size(3);
  const Index in = images.x.size(3) / groups, out = chan_out / groups;
  const Index step = images.windows.stride.width * images.x.size(3);
  const Places results = equally_spaced(window.places.count(), window.length * chan_out);
  Places lines;
  for_each_line(begin, end, delta.size(1), 0, delta.size(1),
                [&](Index image, Index y) { lines.add(on.top(image, y)); });
  for (Index g = 0; g < groups; ++g)  // dL/dW = windows^T dL/dz
    kernels::active().multiply_pieces(
        {window.pieces(), lines.pieces(width), 0, results.offsets(), out,
         ConstMatrix{on.data() + g * in, 1, step},
         ConstMatrix{delta.data() + begin * width * chan_out + g * out, chan_out, 1}, 0,
         Matrix{dw.data() + g * out, chan_out, 1}, nullptr});
}

}}}  // namespace nn::NN_PRECISION::detail
