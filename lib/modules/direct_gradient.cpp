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

/// Whether a line of windows has its pixels in each element of a kernel's line.
bool slides(const Windows& w) {
  return w.stride.width == 1 && w.dilation.width == 1 && w.size.width > 1;
}

/// Whether lines of a window, of three numbers each, are one matrix whose rows lie in threes.
bool is_in_threes(const Windows& w, Index groups, Index chan_in) {
  return has_whole_lines(w, groups) && w.size.height > 1 && piece_length(w, groups, chan_in) == 3;
}

/// What as many lines of windows after [begin, end) need, for caches to be asked for meanwhile: the
/// first lines of the kernel get their parts of delta, the others theirs of x.
class NextLines {
 public:
  NextLines(const Tensor& x, const Tensor& delta, const Windows& w, Index begin, Index end,
            Index kernel_lines)
      : half_((kernel_lines * delta.numel() + x.numel()) / (delta.numel() + x.numel())),
        rest_(kernel_lines - half_) {
    if (fit_into_cache(x.numel() + delta.numel())) return;
    const Index height = delta.size(1), until = std::min(delta.size(0) * height, 2 * end - begin);
    delta_ = lines_of(delta, end, until);
    x_ = top_lines(x, w.stride.height, w.padding.height, height, end, until);
  }

  std::span<const Scalar> part() {
    const Index i = next_++;
    return i < half_ ? part_of(delta_, i, i + 1, half_)
                     : part_of(x_, i - half_, i - half_ + 1, rest_);
  }

 private:
  Index half_, rest_, next_ = 0;
  std::span<const Scalar> delta_, x_;
};

/// dL/dW by tap t, where windows are `stride` pixels apart and taps `dilation`.
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

/// dL/dW by a line of the kernel.
void multiply_line(const kernels::TapProduct& g, const Windows& windows) {
  if (slides(windows) && kernels::active().multiply_taps(g)) return;
  for (Index t = 0; t < g.taps; ++t)
    multiply_tap(g, t, windows.stride.width, windows.dilation.width);
}

}  // namespace

bool is_gradient_by_pixels(const Windows& w, Index groups, Index chan_in) {
  const Index rows = chan_in / groups;
  return slides(w) ? rows >= 3 : rows >= 12 && w.padding != Size2(0);
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
  constexpr Index kTwoLines = 128 / sizeof(Scalar);  // of memory. Narrower rows are foreseen.
  NextLines next(images.x, delta, windows, begin, end, groups);
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
         .ahead = out >= kTwoLines ? next.part() : std::span<const Scalar>()});
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
