#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "kernels/product.hpp"
#include "modules/conv_parts.hpp"
#include "modules/direct.hpp"
#include "ops/pad_lines.hpp"

/// What the functions of direct.hpp share.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Where pieces begin: offsets in memory, or numbers of rows. At most kLeafPositions.
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

/// Whether a line of a window lies in one piece.
inline bool has_whole_lines(const Windows& w, Index groups) {
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
  Index count() const { return last - first; }
  Index pixel(Index i) const { return start + i * stride; }
  bool has(Index i) const { return first <= i && i < last; }

  Index start, stride, first, last;
};

/// The padded lines that lines [begin, end) of windows have, `height` of these in an image.
class PaddedLines {
 public:
  PaddedLines(const DirectImages& images, Index height, Index begin, Index end)
      : image_height_(images.height()),
        step_(images.windows.stride.height),
        above_(images.windows.padding.height),
        before_(images.windows.padding.width * images.x.size(3)),
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
  Index image() const { return image_height_ * line(); }
  Index step() const { return step_ * line(); }  // from a line of windows to the next
  /// Where the windows of line y of an image begin.
  Index top(Index image, Index y) const {
    return (first_line(image, y) - first_) * line() - before_;
  }

 private:
  /// The first line that these windows have, counted through all images.
  Index first_line(Index image, Index y) const {
    return image * image_height_ + y * step_ - above_;
  }

  Index image_height_, step_, above_, before_, first_ = 0;
  Tensor lines_;
};

/// The pieces of a window, as far as it is on an image, in which its numbers lie together.
struct WindowParts {
  WindowParts(const Windows& w, const PaddedLines& x, Index groups, const Side& rows,
              const Side& columns) {
    const Index in = x.channels() / groups;
    const bool whole = has_whole_lines(w, groups);
    length = whole ? columns.count() * in : in;
    for (Index i = rows.first; i < rows.last; ++i)
      for (Index j = columns.first; j < (whole ? columns.first + 1 : columns.last); ++j) {
        places.add(i * w.dilation.height * x.line() + j * w.dilation.width * x.channels());
        steps.add((i * w.size.width + j) * in);
      }
  }
  kernels::Pieces pieces() const { return places.pieces(length); }

  Places places, steps;  // in x, and among the steps of a whole window's sum
  Index length;
};

/// Whether so many numbers stay in a second cache, so that nothing need be asked for ahead.
inline bool fit_into_cache(Index numbers) {
  return numbers <= (Index{1} << 20) / static_cast<Index>(sizeof(Scalar));
}

/// Lines [first, last) of images.
inline std::span<const Scalar> lines_of(const Tensor& images, Index first, Index last) {
  const Index line = images.size(2) * images.size(3);
  return {images.data() + first * line, static_cast<std::size_t>((last - first) * line)};
}

/// The lines of x in which the windows of lines [begin, end) begin, `height` of these in an image:
/// every `stride` lines, the first `above` the image.
inline std::span<const Scalar> top_lines(const Tensor& x, Index stride, Index above, Index height,
                                         Index begin, Index end) {
  auto line = [&](Index l) {
    return l / height * x.size(1) + std::clamp<Index>(l % height * stride - above, 0, x.size(1));
  };
  return lines_of(x, line(begin), line(end));
}

/// Parts [first, last) of `parts` equal ones.
inline std::span<const Scalar> part_of(std::span<const Scalar> all, Index first, Index last,
                                       Index parts) {
  const auto size = static_cast<Index>(all.size());
  const Index begin = first * size / parts, end = last * size / parts;
  return all.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

inline Places equally_spaced(Index count, Index distance) {
  Places places;
  for (Index i = 0; i < count; ++i) places.add(i * distance);
  return places;
}

}}}  // namespace nn::NN_PRECISION::detail
