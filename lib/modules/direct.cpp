#include "modules/direct.hpp"

#include <algorithm>
#include <cmath>
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

/// How many lines of windows are worked on at a time: as many as have 512 windows, or so many
/// numbers of the images, as few channels leave little to do in a line. No more than there are
/// Places for.
Index lines_at_once(Index width, Index channels, Index numbers) {
  const Index windows = std::max(kLeafPositions, numbers / channels);
  return std::clamp<Index>(windows / width, 1, kLeafPositions);
}
constexpr Index kForwardNumbers = 65536, kBackwardNumbers = 8192;

/// Windows along one side of images: of `size` elements, on `pixels` pixels.
struct WindowSide {
  /// The elements of window p.
  Side elements(Index p) const { return {p * stride - padding, size, dilation, pixels}; }
  /// The first window that reaches beyond the end of the image.
  Index first_beyond() const { return (pixels + padding - dilation * (size - 1) - 1) / stride + 1; }

  Index size, stride, padding, dilation, pixels;
};

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
    last = std::clamp(side.first_beyond(), first + 1, end);
    if (on.count() < side.size)
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
struct Run {
  Index count, x_step, z_step;
};

/// The windows of a product: runs that lie as far apart as `beside` and `below` say. They go along
/// a line; if that has few windows, down an image or, if that has few too, through the images,
/// where longer. With few outputs, six in a line are few as well: then three of a line are followed
/// by those in the next line, a step of `threes` further.
struct Box {
  Box(Run line, Run down, Run through, Index out) : run(line), beside(down), below(through) {
    constexpr Index few = 6;  // would wait for each other's sums
    if (out <= kVector && line.count == few && down.count > 1) {
      run.count = 3 * down.count;
      beside = {few / 3, 3 * line.x_step, 3 * line.z_step};
      threes = down;
    }
    if (run.count < few && beside.count > run.count) std::swap(run, beside);
    if (run.count < few && below.count > run.count) std::swap(run, below);
  }

  Run run, beside, below, threes{};
};

/// The part of the windows' padding that x must get, lest a window have no pixel.
Size2 needed_padding(const Windows& w, const Shape& x) {
  auto all_have_pixels = [](Index span, Index dilation, Index padding, Index pixels) {
    return padding + dilation <= span && dilation <= pixels;
  };
  const Size2 span = w.span();
  const bool rows = all_have_pixels(span.height, w.dilation.height, w.padding.height, x[1]);
  const bool columns = all_have_pixels(span.width, w.dilation.width, w.padding.width, x[2]);
  return {rows ? 0 : w.padding.height, columns ? 0 : w.padding.width};
}

/// Whether so many products, one for windows on the same part of an image, would be left with few
/// windows each that padding beside the images takes less time.
bool leaves_few_windows(const Windows& w, const Shape& z, Index channels) {
  constexpr Index kFewest = 20;
  auto parts = [](Index padding, Index stride, Index dilation) {
    const Index step = std::max(stride, dilation);
    return 1 + 2 * ((padding + step - 1) / step);
  };
  const Index lines = std::min(z[0] * z[1], lines_at_once(z[2], channels, kForwardNumbers));
  return lines * z[2] < kFewest * parts(w.padding.height, w.stride.height, w.dilation.height) *
                            parts(w.padding.width, w.stride.width, w.dilation.width);
}

/// z = windows W + b, with images that have what padding they need.
class WindowProducts {
 public:
  WindowProducts(const DirectImages& images, const Tensor& w, const Tensor* bias, Index groups,
                 Tensor& z)
      : images_(images),
        w_(w.contiguous()),
        // Where a sum underflows to -0, a product with padding makes it +0. So does a bias of +0.
        bias_(bias ? bias->contiguous() : Tensor::zeros({z.size(3)})),
        groups_(groups),
        z_(z) {}

  void make() const {
    const Index height = z_.size(1), width = z_.size(2);
    const Index at_once = lines_at_once(width, images_.x.size(3), kForwardNumbers);
    const Index grain = conv_grain(width * w_.numel());
    parallel_for(z_.size(0) * height, grain, [&](Index first, Index last) {
      for_lines(first, last, height, at_once,
                [&](Index begin, Index end) { make_lines(begin, end, last); });
    });
  }

 private:
  /// For lines [begin, end) of windows. Caches are asked for the next ones meanwhile, a part with
  /// each product, up to line `until`.
  void make_lines(Index begin, Index end, Index until) const {
    const Windows& w = images_.windows;
    const Index height = z_.size(1), width = z_.size(2);
    const PaddedLines on(images_, height, begin, end);
    std::span<const Scalar> next;
    if (!fit_into_cache(images_.x.numel() + z_.numel()))
      next = top_lines(images_.x, w.stride.height, w.padding.height + images_.missing.height,
                       height, end, std::min(until, 2 * end - begin));
    const WindowSide rows{w.size.height, w.stride.height, w.padding.height, w.dilation.height,
                          images_.height()};
    const WindowSide columns{w.size.width, w.stride.width, w.padding.width, w.dilation.width,
                             images_.x.size(2) + 2 * images_.missing.width};
    const Index first = begin / height, last = (end - 1) / height + 1;
    const Index count = std::min(height, end - begin) * width;  // windows of an image
    Index asked = 0;
    for_alike(rows, begin % height, (end - 1) % height + 1, [&](const Alike& down) {
      for_alike(columns, 0, width, [&](const Alike& across) {
        const Index these = down.count() * across.count();
        multiply(on, first, last, down, across, part_of(next, asked, asked + these, count));
        asked += these;
      });
    });
  }

  /// For windows `down` by `across` of images [first, last).
  void multiply(const PaddedLines& on, Index first, Index last, const Alike& down,
                const Alike& across, std::span<const Scalar> next) const {
    const Index height = z_.size(1), width = z_.size(2), chan_out = z_.size(3);
    const Index in = on.channels() / groups_, out = chan_out / groups_;
    const Index step = images_.windows.stride.width * on.channels();
    const WindowParts window(images_.windows, on, groups_, down.on, across.on);
    const Box box({across.count(), step, chan_out}, {down.count(), on.step(), width * chan_out},
                  {last - first, on.image(), height * width * chan_out}, out);
    const Index x = on.top(first, down.first) + across.first * step;
    const Index z = ((first * height + down.first) * width + across.first) * chan_out;
    Places xs, zs;
    for (Index i = 0; i < box.below.count; ++i)
      for (Index j = 0; j < box.beside.count; ++j) {
        xs.add(x + i * box.below.x_step + j * box.beside.x_step);
        zs.add(z + i * box.below.z_step + j * box.beside.z_step);
      }
    for (Index g = 0; g < groups_; ++g)  // z = windows W + b
      kernels::active().multiply_pieces({.rows = xs.pieces(box.run.count),
                                         .steps = window.pieces(),
                                         .c_rows = zs.offsets(),
                                         .b_rows = window.steps.offsets(),
                                         .n = out,
                                         .a = {on.data() + g * in, box.run.x_step, 1},
                                         .b = {w_.data() + g * out, chan_out, 1},
                                         .beta = 0,
                                         .c = {z_.data() + g * out, box.run.z_step, 1},
                                         .bias = bias_.data() + g * out,
                                         .a_threes = box.threes.x_step,
                                         .c_threes = box.threes.z_step,
                                         .ahead = part_of(next, g, g + 1, groups_)});
  }

  const DirectImages& images_;
  Tensor w_, bias_;
  Index groups_;
  Tensor& z_;
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

DirectImages::DirectImages(const Tensor& images, const Windows& w, const Size2& padding,
                           Index width)
    : x(images), missing(padding), windows(w) {
  windows.padding = {w.padding.height - padding.height, w.padding.width - padding.width};
  if (kLeafPositions / width < 2 * w.span().height) x = pad(x, std::exchange(missing, 0));
  x = x.contiguous();
}

void direct(const Tensor& x, const Tensor& w, const Tensor* bias, const Windows& windows,
            Index groups, Tensor& z) {
  const Size2 needed = needed_padding(windows, x.shape());
  const Size2 beside(needed.height, windows.padding.width);
  auto with_padding = [&](const Size2& padding) {
    const DirectImages images(x, windows, padding, z.size(2));
    WindowProducts(images, w, bias, groups, z).make();
  };
  const bool shows_all_rows = 2 * windows.padding.height <= windows.span().height;
  if (z.numel() == 0 || needed == beside || !shows_all_rows ||
      !leaves_few_windows(windows, z.shape(), x.size(3)))
    return with_padding(needed);
  with_padding(beside);
  // If W is not finite, 0 W beside the images gives NaN, which larger batches do not have. Each row
  // of W that is used at all is so in the first window or in the last, so these two show it.
  auto is_finite = [](Scalar value) { return std::isfinite(value); };
  const Scalar *first = z.data(), *end = first + z.numel();
  if (!std::all_of(first, first + z.size(3), is_finite) ||
      !std::all_of(end - z.size(3), end, is_finite))
    with_padding(needed);
}

void direct_backward(const Tensor& delta, const Tensor& w, const Windows& windows, Index groups,
                     Tensor& dx) {
  const Tensor wt = w.transpose().clone();
  const Index height = delta.size(1), width = delta.size(2), chan_out = delta.size(3);
  const Index in = dx.size(3) / groups, out = chan_out / groups;
  const Index columns = windows.size.width, step = windows.stride.width * dx.stride(2);
  const Index at_once = lines_at_once(width, chan_out, kBackwardNumbers);
  const Places origin = equally_spaced(1, 0);
  Scalar* to = dx.data();

  // Adds what element (i, j) of the windows gets.
  auto add = [&](Index begin, Index end, Index i, Index j) {
    const Side y(i * windows.dilation.height - windows.padding.height, height,
                 windows.stride.height, dx.size(1));
    const Side x(j * windows.dilation.width - windows.padding.width, width, windows.stride.width,
                 dx.size(2));
    if (x.count() <= 0) return;
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
          {.rows = lines.pieces(x.count()),
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
