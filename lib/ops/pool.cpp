#include "nn/ops/pool.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

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

  /// Calls element(z, x, place, begins) for the elements of the windows of lines [first, last),
  /// padding left out, in order: the offset of its first channel in the result and in the images,
  /// its place in the window, and whether it is the window's first.
  template <class F>
  void for_elements(Index first, Index last, F element) const {
    Index z = first * count.width * channels;
    for (Index line = first; line < last; ++line) {
      const Index top = line % count.height * w.stride.height - w.padding.height;
      const Index above = std::max<Index>(0, -top), below = std::min(w.size.height, height - top);
      const Index image = line / count.height * height;
      for (Index j = 0; j < count.width; ++j, z += channels) {
        const Index left = j * w.stride.width - w.padding.width;
        const Index begin = std::max<Index>(0, -left), end = std::min(w.size.width, width - left);
        for (Index y = above; y < below; ++y)
          for (Index x = begin; x < end; ++x)
            element(z, ((image + top + y) * width + left + x) * channels, y * w.size.width + x,
                    y == above && x == begin);
      }
    }
  }

  Windows w;
  Index batch, height, width, channels;
  Size2 count;
};

/// best = x where x is larger or the first NaN; with its place. No branches: the loop is over the
/// channels, and vectorises.
template <bool kPlaces>
void take_larger(Index n, const Scalar* __restrict x, Scalar* __restrict best,
                 std::uint16_t* __restrict places, std::uint16_t place) {
  for (Index c = 0; c < n; ++c) {
    const bool better = !(x[c] <= best[c]) & (best[c] == best[c]);
    best[c] = better ? x[c] : best[c];
    if (kPlaces) places[c] = better ? place : places[c];
  }
}

/// dx += delta where the maximum's place is this one: as a mask on delta's bits, in which form the
/// loop vectorises.
void add_at_place(Index n, const Scalar* __restrict delta, const std::uint16_t* __restrict places,
                  std::uint16_t place, Scalar* __restrict dx) {
  using Bits = std::conditional_t<sizeof(Scalar) == 4, std::uint32_t, std::uint64_t>;
  for (Index c = 0; c < n; ++c) {
    const Bits mask = -static_cast<Bits>(places[c] == place);
    dx[c] += std::bit_cast<Scalar>(std::bit_cast<Bits>(delta[c]) & mask);
  }
}

template <bool kPlaces>
Tensor max_of_windows(const Tensor& x, const Windows& windows, std::uint16_t* places) {
  const Plan plan(x.shape(), windows);
  Tensor z(plan.result()), images = x.contiguous();
  const Scalar* in = images.data();
  Scalar* out = z.data();
  const Index n = plan.channels;
  plan.for_lines(1, [&](Index first, Index last) {
    plan.for_elements(first, last, [=](Index to, Index from, Index place, bool begins) {
      const auto at = static_cast<std::uint16_t>(place);
      if (begins) {
        std::copy_n(in + from, n, out + to);
        if (kPlaces) std::fill_n(places + to, n, at);
      } else {
        take_larger<kPlaces>(n, in + from, out + to, kPlaces ? places + to : nullptr, at);
      }
    });
  });
  return z;
}

}  // namespace

Tensor max_pool(const Tensor& x, const Windows& windows) {
  return max_of_windows<false>(x, windows, nullptr);
}

Tensor max_pool(const Tensor& x, const Windows& windows, Places& places) {
  places.resize(static_cast<std::size_t>(Plan(x.shape(), windows).result().numel()));
  return max_of_windows<true>(x, windows, places.data());
}

Tensor max_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images,
                         const Places& places) {
  const Plan plan(images, windows);
  Tensor dx = Tensor::zeros(images), d = delta.contiguous();
  const Index n = plan.channels;
  const Scalar* from = d.data();
  const std::uint16_t* at = places.data();
  Scalar* to = dx.data();
  plan.for_lines(plan.count.height, [&](Index first, Index last) {
    plan.for_elements(first, last, [=](Index z, Index x, Index place, bool) {
      add_at_place(n, from + z, at + z, static_cast<std::uint16_t>(place), to + x);
    });
  });
  return dx;
}

Tensor avg_pool(const Tensor& x, const Windows& windows) {
  const Plan plan(x.shape(), windows);
  Tensor z = Tensor::zeros(plan.result()), images = x.contiguous();
  const Index n = plan.channels, line = plan.count.width * n;
  const auto elements = static_cast<Scalar>(windows.size.height * windows.size.width);
  plan.for_lines(1, [&](Index first, Index last) {
    plan.for_elements(first, last, [&](Index to, Index from, Index, bool) {
      const Scalar* __restrict in = images.data() + from;
      Scalar* __restrict out = z.data() + to;
      for (Index c = 0; c < n; ++c) out[c] += in[c];
    });
    for (Index i = first * line; i < last * line; ++i) z.data()[i] /= elements;
  });
  return z;
}

Tensor avg_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images) {
  const Plan plan(images, windows);
  Tensor dx = Tensor::zeros(images), d = delta.contiguous();
  const Index n = plan.channels;
  const auto elements = static_cast<Scalar>(windows.size.height * windows.size.width);
  plan.for_lines(plan.count.height, [&](Index first, Index last) {
    plan.for_elements(first, last, [&](Index z, Index x, Index, bool) {
      const Scalar* __restrict from = d.data() + z;
      Scalar* __restrict to = dx.data() + x;
      for (Index c = 0; c < n; ++c) to[c] += from[c] / elements;
    });
  });
  return dx;
}

}  // namespace nn::inline NN_PRECISION
