#include "modules/direct.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "modules/direct_parts.hpp"
#include "nn/ops/im2col.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// Calls f(begin, end) for lines [first, last) of windows, `height` in an image, at most `at_once`
/// at a time: whole images or lines of one.
template <class F>
void for_lines(Index first, Index last, Index height, Index at_once, F f) {
  const Index images = std::max(at_once / height * height, height);
  for (Index begin = first, end; begin < last; begin = end) {
    const Index whole = begin % height == 0 ? std::max(height, (last - begin) / height * height)
                                            : height - begin % height;
    end = begin + std::min({last - begin, whole, images, at_once});
    f(begin, end);
  }
}

/// How many lines of windows are worked on at a time: as many as have 512 windows, or 65536 numbers
/// of the images, as few channels leave little to do in a line. No more than there are Places for.
Index lines_at_once(Index width, Index channels) {
  const Index windows = std::max(kLeafPositions, 128 * kLeafPositions / channels);
  return std::clamp<Index>(windows / width, 1, kLeafPositions);
}

/// Windows [first, last) along a side that have the same of their elements on the image.
struct Alike {
  Index count() const { return last - first; }

  Index first, last;
  Side on;
};

/// Calls f(Alike) for windows [begin, end) along a side.
template <class F>
void for_alike(const WindowSide& side, Index begin, Index end, F f) {
  for (Index first = begin, last; first < end; first = last) {
    const Side on = side.elements(first);
    last = std::clamp(side.whole_until(), first + 1, end);
    if (on.first > 0 || on.last < side.size)
      for (last = first + 1; last < end; ++last) {
        const Side others = side.elements(last);
        if (others.first != on.first || others.last != on.last) break;
      }
    f(Alike{first, last, on});
  }
}

/// Numbers in the longest vector.
constexpr Index kVector = 64 / sizeof(Scalar);

/// `count` windows one beside, below or behind the other: from one to the next in x, and in z.
struct Row {
  Index count, x_step, z_step;
};

/// Rows of windows, which lie as far apart as `beside` and `below` say. They go along a line; if
/// that has few windows, down an image or, if that has few too, through the images, where longer.
/// Six in a line, for one vector of outputs, are few as well: then three of a line are followed by
/// those in the next line, a step of `threes` further.
struct Box {
  Box(Row line, Row column, Row images, bool is_one_vector)
      : row(line), beside(column), below(images) {
    constexpr Index few = 6;  // would wait for each other's sums
    if (is_one_vector && line.count == 6 && column.count > 1) {
      row.count = 3 * column.count;
      beside = {2, 3 * line.x_step, 3 * line.z_step};
      threes = column;
    }
    if (row.count < few && beside.count > row.count) std::swap(row, beside);
    if (row.count < few && below.count > row.count) std::swap(row, below);
  }

  Row row, beside, below, threes{};
};

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
  // Parts of vectors take too long.
  return is_direct(w, groups, x, chan_out) && x[3] / groups % kVector == 0 &&
         chan_out / groups <= kernels::kBlockSteps;
}

Size2 direct_padding(const Windows& w, const Shape& x) {
  auto all_have_pixels = [](Index span, Index dilation, Index padding, Index pixels) {
    return padding + dilation <= span && dilation <= pixels;
  };
  const Size2 span = w.span();
  const bool rows = all_have_pixels(span.height, w.dilation.height, w.padding.height, x[1]);
  const bool columns = all_have_pixels(span.width, w.dilation.width, w.padding.width, x[2]);
  return {rows ? 0 : w.padding.height, columns ? 0 : w.padding.width};
}

DirectImages::DirectImages(const Tensor& images, const Windows& w, const Size2& padding,
                           Index width)
    : x(images), missing(padding), windows(w) {
  windows.padding = {w.padding.height - padding.height, w.padding.width - padding.width};
  if (kLeafPositions / width < 2 * w.span().height) x = pad(x, std::exchange(missing, 0));
  x = x.contiguous();
}

WindowSide DirectImages::rows() const {
  return {windows.size.height, windows.stride.height, windows.padding.height,
          windows.dilation.height, height()};
}

WindowSide DirectImages::columns() const {
  return {windows.size.width, windows.stride.width, windows.padding.width, windows.dilation.width,
          x.size(2) + 2 * missing.width};
}

void direct(const DirectImages& images, const Tensor& weight, const Tensor* bias, Index groups,
            Tensor& z) {
  const Tensor w = weight.contiguous(), b = bias ? bias->contiguous() : Tensor();
  const Windows& windows = images.windows;
  const Index height = z.size(1), width = z.size(2), chan_out = z.size(3);
  const Index channels = images.x.size(3), in = channels / groups, out = chan_out / groups;
  const Index step = windows.stride.width * channels;
  Scalar* to = z.data();

  // For windows `lines` by `columns` of images [first, last).
  auto multiply = [&](const PaddedLines& on, Index first, Index last, const Alike& lines,
                      const Alike& columns, std::span<const Scalar> next) {
    const WindowParts window(windows, on, groups, lines.on, columns.on);
    const Box box({columns.count(), step, chan_out}, {lines.count(), on.step(), width * chan_out},
                  {last - first, on.image(), height * width * chan_out}, out <= kVector);
    const Index x = on.top(first, lines.first) + columns.first * step;
    const Index at = ((first * height + lines.first) * width + columns.first) * chan_out;
    Places xs, zs;
    for (Index i = 0; i < box.below.count; ++i)
      for (Index j = 0; j < box.beside.count; ++j) {
        xs.add(x + i * box.below.x_step + j * box.beside.x_step);
        zs.add(at + i * box.below.z_step + j * box.beside.z_step);
      }
    for (Index g = 0; g < groups; ++g)  // z = windows W + b
      kernels::active().multiply_pieces({.rows = xs.pieces(box.row.count),
                                         .steps = window.pieces(),
                                         .c_rows = zs.offsets(),
                                         .b_rows = window.steps.offsets(),
                                         .n = out,
                                         .a = {on.data() + g * in, box.row.x_step, 1},
                                         .b = {w.data() + g * out, chan_out, 1},
                                         .beta = 0,
                                         .c = {to + g * out, box.row.z_step, 1},
                                         .bias = bias ? b.data() + g * out : nullptr,
                                         .a_threes = box.threes.x_step,
                                         .c_threes = box.threes.z_step,
                                         .ahead = part_of(next, g, g + 1, groups)});
  };
  parallel_for(z.size(0) * height, conv_grain(width * w.numel()), [&](Index from, Index until) {
    for_lines(from, until, height, lines_at_once(width, channels), [&](Index begin, Index end) {
      const PaddedLines on(images, height, begin, end);
      // Caches are asked for the next lines meanwhile, a part with each product.
      std::span<const Scalar> next;
      if (!fit_into_cache(images.x.numel() + z.numel()))
        next = top_lines(images.x, windows.stride.height,
                         windows.padding.height + images.missing.height, height, end,
                         std::min(until, 2 * end - begin));
      const Index first = begin / height, last = (end - 1) / height + 1;
      const Index count = std::min(height, end - begin) * width;  // windows of an image
      Index asked = 0;
      for_alike(images.rows(), begin % height, (end - 1) % height + 1, [&](const Alike& lines) {
        for_alike(images.columns(), 0, width, [&](const Alike& columns) {
          const Index these = lines.count() * columns.count();
          multiply(on, first, last, lines, columns, part_of(next, asked, asked + these, count));
          asked += these;
        });
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
  const Index at_once = lines_at_once(width, chan_out);
  const Places origin = equally_spaced(1, 0);
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
          {.rows = lines.pieces(x.last - x.first),
           .steps = origin.pieces(out),
           .c_rows = results.offsets(),
           .b_rows = origin.offsets(),
           .n = in,
           .a = {delta.data() + g * out, chan_out, 1},
           .b = {wt.data() + g * out * wt.stride(0) + (i * columns + j) * in, wt.stride(0), 1},
           .beta = 1,
           .c = {to + g * in, step, 1}});
  };
  parallel_for(dx.size(0), conv_grain(height * width * w.numel()), [&](Index first, Index last) {
    dx.slice(0, first, last).fill(0);
    for_lines(first * height, last * height, height, at_once, [&](Index begin, Index end) {
      // Each number of dx gets its windows' parts line after line, from the last of a line on.
      for (Index i = windows.size.height; i-- > 0;)
        for (Index j = 0; j < columns; ++j) add(begin, end, i, j);
    });
  });
}

}}}  // namespace nn::NN_PRECISION::detail
