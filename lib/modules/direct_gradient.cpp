#include <algorithm>
#include <span>

#include "modules/direct.hpp"
#include "modules/direct_parts.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// Calls f(image, y) for those of lines [begin, end), `height` in an image, that are [first, last)
/// in theirs.
template <class F>
void for_each_line(Index begin, Index end, Index height, Index first, Index last, F f) {
  for (Index image = begin / height; image * height < end; ++image) {
    const Index above = image * height, until = std::min(last, end - above);
    for (Index y = std::max(first, begin - above); y < until; ++y) f(image, y);
  }
}

/// Whether multiply_taps() can be used for lines of that many windows: windows and taps lie one
/// pixel apart, and a line is no shorter than the kernel and no longer than a block of the sum.
bool slides(const Windows& w, Index width) {
  const Index taps = w.size.width;
  return w.stride.width == 1 && w.dilation.width == 1 && taps > 1 && taps <= width &&
         width <= kLeafPositions;
}

/// Whether lines of a window, of three numbers each, are one matrix whose rows lie in threes.
bool is_in_threes(const Windows& w, Index groups, Index chan_in) {
  return has_whole_lines(w, groups) && w.size.height > 1 && piece_length(w, groups, chan_in) == 3;
}

/// As many lines of delta after [begin, end).
std::span<const Scalar> lines_after(const Tensor& delta, Index begin, Index end) {
  return lines_of(delta, end, std::min(delta.size(0) * delta.size(1), 2 * end - begin));
}

/// What as many lines of windows after [begin, end) need, for caches to be asked for meanwhile, in
/// `parts` parts: first those of delta, as many as its share of the numbers, then those of x.
class NextLines {
 public:
  NextLines(const Tensor& x, const Tensor& delta, const Windows& w, Index begin, Index end,
            Index parts)
      : delta_parts_((parts * delta.numel() + x.numel()) / (delta.numel() + x.numel())),
        x_parts_(parts - delta_parts_) {
    if (fit_into_cache(x.numel() + delta.numel())) return;
    const Index height = delta.size(1), until = std::min(delta.size(0) * height, 2 * end - begin);
    delta_ = lines_after(delta, begin, end);
    x_ = top_lines(x, w.stride.height, w.padding.height, height, end, until);
  }

  std::span<const Scalar> part() {
    const Index i = next_++;
    return i < delta_parts_ ? part_of(delta_, i, i + 1, delta_parts_)
                            : part_of(x_, i - delta_parts_, i - delta_parts_ + 1, x_parts_);
  }

 private:
  Index delta_parts_, x_parts_, next_ = 0;
  std::span<const Scalar> delta_, x_;
};

/// dL/dW by tap t alone. Unlike in TapProduct's formula, windows may be `stride` pixels apart and
/// taps `dilation`.
void multiply_tap(const kernels::TapProduct& g, Index t, Index stride, Index dilation) {
  Scalar* c = g.c + t * g.c_tap;
  const Side xs(t * dilation - g.padding, g.windows, stride, g.pixels);
  if (g.lines == 0 || xs.count() <= 0) {
    for (Index i = 0; i < g.rows; ++i) std::fill_n(c + i * g.c_row, g.n, Scalar{0});
    return;
  }
  const Places origin = equally_spaced(1, 0);
  kernels::active().multiply_pieces(
      {.rows = origin.pieces(g.rows),
       .steps = {g.offsets, g.lines, xs.count()},
       .c_rows = origin.offsets(),
       .b_rows = g.b_rows,
       .n = g.n,
       .a = {g.a + xs.pixel(xs.first) * g.a_step, 1, stride * g.a_step},
       .b = {g.b + xs.first * g.b_step, g.b_step, 1},
       .beta = 0,
       .c = {c, g.c_row, 1},
       .first_step = xs.first,
       .ahead = part_of(g.ahead, t, t + 1, g.taps)});
}

/// dL/dW by a line of the kernel: all taps at once if they can slide, else one by one.
void multiply_line(const kernels::TapProduct& g, const Windows& windows) {
  if (g.lines > 0 && slides(windows, g.windows) && kernels::active().multiply_taps(g)) return;
  for (Index t = 0; t < g.taps; ++t)
    multiply_tap(g, t, windows.stride.width, windows.dilation.width);
}

}  // namespace

bool is_gradient_by_pixels(const Windows& w, Index groups, Index chan_in, Index width) {
  // Rows of a tile, lest its sums wait for each other: some tiles slide by two taps, not three.
  const Index fewest_sliding = w.size.width % 3 == 0 ? 3 : 4, fewest = 12;
  const Index rows = chan_in / groups;
  return slides(w, width) ? rows >= fewest_sliding : rows >= fewest && w.padding != Size2(0);
}

bool is_gradient_by_lines(const Windows& w, Index groups, Index chan_in) {
  // A few rows would wait for each other's sums.
  const Index rows = piece_length(w, groups, chan_in);
  return groups > 1 || rows > 3 || is_in_threes(w, groups, chan_in);
}

void direct_gradient_by_lines(const DirectImages& images, const Tensor& delta, Index groups,
                              Index begin, Index end, Tensor& dw) {
  const Index height = delta.size(1);
  const PaddedLines on(images, height, begin, end);
  const Windows& windows = images.windows;
  auto all = [](Index size) { return Side(0, size, 1, size); };
  const WindowParts window(windows, on, groups, all(windows.size.height), all(windows.size.width));
  const Index width = delta.size(2), chan_out = delta.size(3);
  const Index in = images.x.size(3) / groups, out = chan_out / groups;
  const Index step = windows.stride.width * images.x.size(3);
  Places results;
  for (Index i = 0; i < window.steps.count(); ++i)
    results.add(window.steps.offsets()[i] * chan_out);
  const Places deltas = equally_spaced(end - begin, width);
  Places lines;
  for_each_line(begin, end, height, 0, height,
                [&](Index image, Index y) { lines.add(on.top(image, y)); });
  const bool in_threes = is_in_threes(windows, groups, images.x.size(3));
  kernels::Pieces rows = window.pieces();
  if (in_threes) rows = {rows.offsets, 1, 3 * rows.count};
  // Shorter rows are read in one strip, which the CPU foresees.
  const bool has_strips = out >= 128 / static_cast<Index>(sizeof(Scalar));
  std::span<const Scalar> next;
  if (has_strips && !fit_into_cache(delta.numel())) next = lines_after(delta, begin, end);
  for (Index g = 0; g < groups; ++g)  // dL/dW = windows^T dL/dz
    kernels::active().multiply_pieces(
        {.rows = rows,
         .steps = lines.pieces(width),
         .c_rows = results.offsets(),
         .b_rows = deltas.offsets(),
         .n = out,
         .a = {on.data() + g * in, 1, step},
         .b = {delta.data() + begin * width * chan_out + g * out, chan_out, 1},
         .beta = 0,
         .c = {dw.data() + g * out, chan_out, 1},
         .a_threes = in_threes ? windows.dilation.height * on.line() : 0,
         .c_threes = 3 * chan_out,
         .ahead = part_of(next, g, g + 1, groups)});
}

void direct_gradient_by_pixels(const Tensor& x, const Tensor& delta, const Windows& windows,
                               Index groups, Index begin, Index end, Tensor& dw) {
  const Index height = delta.size(1), width = delta.size(2), chan_out = delta.size(3);
  const Index chan_in = x.size(3), in = chan_in / groups, out = chan_out / groups;
  NextLines next(x, delta, windows, begin, end, windows.size.height * groups);
  kernels::TapProduct line{.taps = windows.size.width,
                           .rows = in,
                           .n = out,
                           .pixels = x.size(2),
                           .windows = width,
                           .padding = windows.padding.width,
                           .a_step = chan_in,
                           .b_step = chan_out,
                           .c_row = chan_out,
                           .c_tap = in * chan_out};
  for (Index i = 0; i < windows.size.height; ++i) {
    const Side ys(i * windows.dilation.height - windows.padding.height, height,
                  windows.stride.height, x.size(1));
    Places pixels, deltas;
    for_each_line(begin, end, height, ys.first, ys.last, [&](Index image, Index y) {
      pixels.add((image * x.size(1) + ys.pixel(y)) * x.size(2) * chan_in);
      deltas.add((image * height + y - begin) * width);
    });
    line.lines = pixels.count();
    line.offsets = pixels.offsets();
    line.b_rows = deltas.offsets();
    for (Index g = 0; g < groups; ++g) {
      line.a = x.data() + g * in;
      line.b = delta.data() + begin * width * chan_out + g * out;
      line.c = dw.data() + i * line.taps * line.c_tap + g * out;
      line.ahead = next.part();
      multiply_line(line, windows);
    }
  }
}

}}}  // namespace nn::NN_PRECISION::detail
