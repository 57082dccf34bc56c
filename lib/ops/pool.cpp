#include "nn/ops/pool.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "nn/core/threads.hpp"

namespace nn::inline NN_PRECISION {
namespace {

/// Elements read by each thread, at the least.
constexpr Index kGrain = 65536;

/// The windows of a batch of images. Elements are counted in the memory of a contiguous tensor.
struct Plan {
  Plan(const Shape& images, const Windows& windows)
      : w(windows),
        batch(images[0]),
        height(images[1]),
        width(images[2]),
        channels(images[3]),
        count(w.count({height, width})) {}

  Shape result() const { return {batch, count.height, count.width, channels}; }

  /// Runs body(first, last) on ranges of lines (all windows of one height), from several threads:
  /// whole images, if `unit` is count.height.
  template <class Body>
  void for_lines(Index unit, Body body) const {
    const Index work = unit * count.width * channels * w.size.height * w.size.width;
    parallel_for(batch * count.height / unit, kGrain / std::max<Index>(work, 1) + 1,
                 [&](Index begin, Index end) { body(begin * unit, end * unit); });
  }

  /// Calls element(z, x, place, begins, windows) for the elements of the windows of lines [first,
  /// last), padding left out, those of a window in order: the offset of its first channel in the
  /// result and in the images, its place in the window, and whether it is the window's first. The
  /// same holds for `windows` windows side by side: a whole line without padding, else one.
  template <class F>
  void for_elements(Index first, Index last, F element) const {
    const bool padded = w.padding.height > 0 || w.padding.width > 0;
    const Index side_by_side = padded ? 1 : count.width;
    Index z = first * count.width * channels;
    for (Index line = first; line < last; ++line) {
      const Index top = line % count.height * w.stride.height - w.padding.height;
      const Index above = std::max<Index>(0, -top), below = std::min(w.size.height, height - top);
      const Index image = line / count.height * height;
      for (Index j = 0; j < count.width; j += side_by_side, z += side_by_side * channels) {
        const Index left = j * w.stride.width - w.padding.width;
        const Index begin = std::max<Index>(0, -left), end = std::min(w.size.width, width - left);
        for (Index y = above; y < below; ++y)
          for (Index x = begin; x < end; ++x)
            element(z, ((image + top + y) * width + left + x) * channels, y * w.size.width + x,
                    y == above && x == begin, side_by_side);
      }
    }
  }

  kernels::PoolRun run(Index windows) const {
    return {windows, channels, w.stride.width * channels};
  }

  /// Whether each element is in exactly one window.
  bool is_partition() const {
    return w.padding == Size2(0) && w.stride == w.size && count.height * w.size.height == height &&
           count.width * w.size.width == width;
  }

  Windows w;
  Index batch, height, width, channels;
  Size2 count;
};

}  // namespace

Tensor max_pool(const Tensor& x, const Windows& windows) {
  Tensor places;
  return max_pool(x, windows, places);
}

Tensor max_pool(const Tensor& x, const Windows& windows, Tensor& places) {
  const Plan plan(x.shape(), windows);
  Tensor z(plan.result()), images = x.contiguous();
  places = Tensor(plan.result());
  const Scalar* in = images.data();
  Scalar *out = z.data(), *out_places = places.data();
  plan.for_lines(1, [&](Index first, Index last) {
    plan.for_elements(first, last, [&](Index to, Index from, Index place, bool begins, Index n) {
      kernels::take_larger(plan.run(n), in + from, static_cast<Scalar>(place), begins, out + to,
                           out_places + to);
    });
  });
  return z;
}

Tensor max_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images,
                         const Tensor& places) {
  const Plan plan(images, windows);
  const bool only = plan.is_partition();
  Tensor dx = only ? Tensor(images) : Tensor::zeros(images), d = delta.contiguous();
  const Scalar *from = d.data(), *at = places.data();
  Scalar* to = dx.data();
  plan.for_lines(plan.count.height, [&](Index first, Index last) {
    plan.for_elements(first, last, [&](Index z, Index x, Index place, bool, Index n) {
      kernels::give_back(plan.run(n), from + z, at + z, static_cast<Scalar>(place), only, to + x);
    });
  });
  return dx;
}

Tensor avg_pool(const Tensor& x, const Windows& windows) {
  const Plan plan(x.shape(), windows);
  Tensor z = Tensor::zeros(plan.result()), images = x.contiguous();
  const Index line = plan.count.width * plan.channels, step = windows.stride.width * plan.channels;
  const auto elements = static_cast<Scalar>(windows.size.height * windows.size.width);
  plan.for_lines(1, [&](Index first, Index last) {
    plan.for_elements(first, last, [&](Index to, Index from, Index, bool, Index n) {
      const Scalar* __restrict in = images.data() + from;
      Scalar* __restrict out = z.data() + to;
      for (Index i = 0; i < n; ++i, in += step, out += plan.channels)
        for (Index c = 0; c < plan.channels; ++c) out[c] += in[c];
    });
    for (Index i = first * line; i < last * line; ++i) z.data()[i] /= elements;
  });
  return z;
}

Tensor avg_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images) {
  const Plan plan(images, windows);
  Tensor dx = Tensor::zeros(images), d = delta.contiguous();
  const Index step = windows.stride.width * plan.channels;
  const auto elements = static_cast<Scalar>(windows.size.height * windows.size.width);
  plan.for_lines(plan.count.height, [&](Index first, Index last) {
    plan.for_elements(first, last, [&](Index z, Index x, Index, bool, Index n) {
      const Scalar* __restrict from = d.data() + z;
      Scalar* __restrict to = dx.data() + x;
      for (Index i = 0; i < n; ++i, from += plan.channels, to += step)
        for (Index c = 0; c < plan.channels; ++c) to[c] += from[c] / elements;
    });
  });
  return dx;
}

}  // namespace nn::inline NN_PRECISION
