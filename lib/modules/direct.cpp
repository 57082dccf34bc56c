#include "modules/direct.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "modules/direct_parts.hpp"
#include "nn/ops/im2col.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// Calls f(begin, end) for lines [first, last) of windows, `at_once` at a time.
template <class F>
void for_lines(Index first, Index last, Index at_once, F f) {
  for (Index begin = first; begin < last; begin += at_once)
    f(begin, std::min(last, begin + at_once));
}

/// How many lines of windows are worked on at a time: as many as have 512 windows, or 8192 numbers
/// of the images, as few channels leave little to do in a line. No more than there are Places for.
Index lines_at_once(Index width, Index channels) {
  const Index windows = std::max(kLeafPositions, 16 * kLeafPositions / channels);
  return std::clamp<Index>(windows / width, 1, kLeafPositions);
}

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
  const Index at_once = lines_at_once(width, images.x.size(3));
  Scalar* to = z.data();

  // For lines [begin, end), as far as they are [first, last) in their images, where windows have
  // lines `rows` in x. Caches are asked for `next` meanwhile, a part with each product; `asked`
  // counts the parts.
  auto multiply = [&](const PaddedLines& on, Index begin, Index end, Index first, Index last,
                      const Side& rows, std::span<const Scalar> next, Index& asked) {
    const WindowLines window(windows, on, groups, rows.first, rows.last);
    const Places w_rows = equally_spaced(window.places.count(), window.length);
    Places lines, results;
    for_each_line(begin, end, height, first, last, [&](Index image, Index y) {
      lines.add(on.top(image, y));
      results.add((image * height + y) * width * chan_out);
    });
    if (lines.count() == 0) return;
    for (Index g = 0; g < groups; ++g, asked += lines.count())  // z = windows W + b
      kernels::active().multiply_pieces(
          {.rows = lines.pieces(width),
           .steps = window.pieces(),
           .first_block = kernels::kBlockSteps - rows.first * line % kernels::kBlockSteps,
           .c_rows = results.offsets(),
           .b_rows = w_rows.offsets(),
           .n = out,
           .a = {on.data() + g * in, step, 1},
           .b = {w.data() + rows.first * line * chan_out + g * out, chan_out, 1},
           .beta = 0,
           .c = {to + g * out, chan_out, 1},
           .bias = bias ? b.data() + g * out : nullptr,
           .ahead = part_of(next, asked, asked + lines.count(), (end - begin) * groups)});
  };
  parallel_for(z.size(0) * height, conv_grain(width * w.numel()), [&](Index from, Index until) {
    for_lines(from, until, at_once, [&](Index begin, Index end) {
      const PaddedLines on(images, height, begin, end);
      const std::span<const Scalar> next =
          top_lines(images.x, windows.stride.height, windows.padding.height + images.missing.height,
                    height, end, std::min(until, 2 * end - begin));
      Index asked = 0;
      for_alike(windows, begin, end, height, images.height(),
                [&](Index first, Index last, const Side& rows) {
                  multiply(on, begin, end, first, last, rows, next, asked);
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
           .first_block = kernels::kBlockSteps,
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
    for_lines(first * height, last * height, at_once, [&](Index begin, Index end) {
      // Each number of dx gets its windows' parts line after line, from the last of a line on.
      for (Index i = windows.size.height; i-- > 0;)
        for (Index j = 0; j < columns; ++j) add(begin, end, i, j);
    });
  });
}

}}}  // namespace nn::NN_PRECISION::detail
