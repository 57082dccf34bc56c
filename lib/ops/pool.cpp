#include "nn/ops/pool.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// The least number of elements that each thread reads.
constexpr Index kGrain = 16384;

using Line = kernels::PoolWindows;

/// The windows of a batch of images. Offsets are those of contiguous tensors.
struct Plan {
  Plan(const char* operation, const Shape& images, const Windows& windows)
      : name(operation), w(windows) {
    detail::check_images(name, images);
    batch = images[0], height = images[1], width = images[2], channels = images[3];
    w.check_pool(name);
    count = w.count({height, width}, name);
  }

  Shape result() const { return {batch, count.height, count.width, channels}; }

  void check_result(const char* what, const Tensor& given) const {
    if (given.shape() != result())
      throw ShapeError(std::string(name) + ": expected " + what + " " + result().to_string() +
                       ", got " + given.shape().to_string());
  }

  void check_memory(const Tensor& z) const {
    check_result("z", z);
    if (!z.is_contiguous()) throw ShapeError(std::string(name) + ": expected a contiguous z");
  }

  /// Calls body(first, last) on ranges of lines, from several threads. A line is all windows of an
  /// image that begin in one row. Ranges are multiples of `unit` lines: with count.height, whole
  /// images.
  template <class Body>
  void for_lines(Index unit, Body body) const {
    // In double: the work of large windows can exceed Index.
    const double work = static_cast<double>(unit * count.width * channels) *
                        static_cast<double>(w.size.height * w.size.width);
    parallel_for(batch * count.height / unit, static_cast<Index>(kGrain / std::max(work, 1.0)) + 1,
                 [&](Index begin, Index end) { body(begin * unit, end * unit); });
  }

  /// Calls f(windows, z, x, elements) for the windows of lines [first, last), in order and without
  /// what is outside the images. A call is for a whole line or, with padding or where windows reach
  /// beyond its end, for one window. z and x are the offsets of the first element in the result and
  /// in the images. elements is the size of these windows with the padding, but not beyond it.
  template <class F>
  void for_windows(Index first, Index last, F f) const {
    const bool whole =
        w.padding == Size2(0) && (count.width - 1) * w.stride.width + w.size.width <= width;
    const Index side_by_side = whole ? count.width : 1;
    Line windows{};
    windows.windows = side_by_side;
    windows.channels = channels;
    windows.window_step = w.stride.width * channels;
    windows.row_step = width * channels;
    windows.place_step = w.size.width;
    Index z = first * count.width * channels;
    for (Index line = first; line < last; ++line) {
      const Index top = line % count.height * w.stride.height - w.padding.height;
      const Index above = std::max<Index>(0, -top), below = std::min(w.size.height, height - top);
      const Index image = line / count.height * height;
      const Index rows = std::min(w.size.height, height + w.padding.height - top);
      windows.rows = below - above;
      for (Index j = 0; j < count.width; j += side_by_side, z += side_by_side * channels) {
        const Index left = j * w.stride.width - w.padding.width;
        const Index begin = std::max<Index>(0, -left), end = std::min(w.size.width, width - left);
        const Index columns = std::min(w.size.width, width + w.padding.width - left);
        windows.columns = end - begin;
        windows.first_place = above * w.size.width + begin;
        f(windows, z, ((image + top + above) * width + left + begin) * channels, rows * columns);
      }
    }
  }

  /// Calls f(z, x) for each pixel of these windows: the first pixel of all windows, then the
  /// second, and so on. z and x are the offsets of its first channel in the result and in the
  /// images.
  template <class F>
  static void for_elements(const Line& line, Index z, Index x, F f) {
    for (Index i = 0; i < line.rows; ++i)
      for (Index j = 0; j < line.columns; ++j)
        for (Index q = 0; q < line.windows; ++q)
          f(z + q * line.channels,
            x + q * line.window_step + i * line.row_step + j * line.channels);
  }

  /// Whether each pixel is in exactly one window.
  bool is_partition() const {
    return w.padding == Size2(0) && w.stride == w.size && count.height * w.size.height == height &&
           count.width * w.size.width == width;
  }

  const char* name;
  Windows w;
  Index batch, height, width, channels;
  Size2 count = 0;
};

void largest(const Plan& plan, const Tensor& x, Tensor& z, Tensor& places) {
  const Tensor images = x.contiguous();
  // Those of the last batch are written over: a second step then needs no memory of its own.
  if (places.shape() != plan.result() || !places.is_unique() || !places.is_contiguous())
    places = Tensor(plan.result());
  const Scalar* in = images.data();
  Scalar *out = z.data(), *out_places = places.data();
  plan.for_lines(1, [&](Index first, Index last) {
    plan.for_windows(first, last, [&](const Line& line, Index to, Index from, Index) {
      kernels::active().max_pool(line, in + from, out + to, out_places + to);
    });
  });
}

/// The average of one window, its first element at x, in each channel. Summed up in double: a
/// window may be as large as an image.
void average(const Line& line, double elements, const Scalar* x, Scalar* z) {
  constexpr Index kTogether = 16;
  for (Index channel = 0; channel < line.channels; channel += kTogether) {
    const Index channels = std::min(kTogether, line.channels - channel);
    double sums[kTogether] = {};
    for (Index i = 0; i < line.rows; ++i)
      for (Index j = 0; j < line.columns; ++j)
        for (Index c = 0; c < channels; ++c)
          sums[c] += x[i * line.row_step + j * line.channels + channel + c];
    for (Index c = 0; c < channels; ++c) z[channel + c] = static_cast<Scalar>(sums[c] / elements);
  }
}

}  // namespace

void max_pool_into(const Tensor& x, const Windows& windows, Tensor& z) {
  const Plan plan("max_pool", x.shape(), windows);
  plan.check_memory(z);
  Tensor places;
  largest(plan, x, z, places);
}

Tensor max_pool(const Tensor& x, const Windows& windows) {
  Tensor places, z(Plan("max_pool", x.shape(), windows).result());
  max_pool_into(x, windows, z);
  return z;
}

Tensor max_pool(const Tensor& x, const Windows& windows, Tensor& places) {
  const Plan plan("max_pool", x.shape(), windows);
  windows.check_max_pool("max_pool");
  Tensor z(plan.result());
  largest(plan, x, z, places);
  return z;
}

Tensor max_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images,
                         const Tensor& places) {
  const Plan plan("max_pool_backward", images, windows);
  windows.check_max_pool("max_pool_backward");
  plan.check_result("delta", delta);
  plan.check_result("places", places);
  const bool only = plan.is_partition();
  Tensor dx = only ? Tensor(images) : Tensor::zeros(images), d = delta.contiguous();
  const Tensor noted = places.contiguous();
  const Scalar *from = d.data(), *at = noted.data();
  Scalar* to = dx.data();
  plan.for_lines(plan.count.height, [&](Index first, Index last) {
    plan.for_windows(first, last, [&](const Line& line, Index z, Index x, Index) {
      kernels::active().max_pool_backward(line, from + z, at + z, only, to + x);
    });
  });
  return dx;
}

Tensor avg_pool(const Tensor& x, const Windows& windows) {
  Tensor z(Plan("avg_pool", x.shape(), windows).result());
  avg_pool_into(x, windows, z);
  return z;
}

void avg_pool_into(const Tensor& x, const Windows& windows, Tensor& z) {
  const Plan plan("avg_pool", x.shape(), windows);
  plan.check_memory(z);
  const Tensor images = x.contiguous();
  plan.for_lines(1, [&](Index first, Index last) {
    plan.for_windows(first, last, [&](const Line& line, Index to, Index from, Index elements) {
      for (Index q = 0; q < line.windows; ++q)
        average(line, static_cast<double>(elements), images.data() + from + q * line.window_step,
                z.data() + to + q * line.channels);
    });
  });
}

Tensor avg_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images) {
  const Plan plan("avg_pool_backward", images, windows);
  plan.check_result("delta", delta);
  Tensor dx = Tensor::zeros(images), d = delta.contiguous();
  plan.for_lines(plan.count.height, [&](Index first, Index last) {
    plan.for_windows(first, last, [&](const Line& line, Index z, Index x, Index size) {
      const auto elements = static_cast<Scalar>(size);
      Plan::for_elements(line, z, x, [&](Index i, Index j) {
        const Scalar* __restrict from = d.data() + i;
        Scalar* __restrict to = dx.data() + j;
        for (Index c = 0; c < plan.channels; ++c) to[c] += from[c] / elements;
      });
    });
  });
  return dx;
}

}}  // namespace nn::NN_PRECISION
