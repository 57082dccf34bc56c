#include "nn/data/images.hpp"

#include <algorithm>
#include <vector>

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// Along one axis: result = (1 - weight) * source[first] + weight * source[second].
struct Blend {
  Index first, second;
  double weight;
};

std::vector<Blend> blends(Index from, Index to) {
  std::vector<Blend> result;
  double ratio = static_cast<double>(from) / static_cast<double>(to);
  for (Index i = 0; i < to; ++i) {
    double s = (static_cast<double>(i) + 0.5) * ratio - 0.5;
    s = std::clamp(s, 0.0, static_cast<double>(from - 1));
    auto first = static_cast<Index>(s);
    result.push_back({first, std::min(first + 1, from - 1), s - static_cast<double>(first)});
  }
  return result;
}

void check_image_sizes(const Tensor& x, const ImageSize& from, const ImageSize& to) {
  if (std::min({from.height, from.width, to.height, to.width}) < 1)
    throw RangeError("resize_images: expected heights and widths of at least 1");
  if (x.rank() != 2 || x.size(1) % from.height != 0 || x.size(1) / from.height != from.width)
    throw ShapeError("resize_images: expected (n, " + std::to_string(from.height) + " * " +
                     std::to_string(from.width) + "), got " + x.shape().to_string());
}

}  // namespace

Tensor resize_images(const Tensor& x, const ImageSize& from, const ImageSize& to) {
  check_image_sizes(x, from, to);
  Index n = x.size(0);
  Tensor source = x.reshape({n, from.height, from.width});
  Tensor result({n, to.height, to.width});
  if (n == 0) return result.reshape({n, to.height * to.width});
  auto rows = blends(from.height, to.height), columns = blends(from.width, to.width);
  for (Index k = 0; k < n; ++k) {
    Scalar* out = result.data() + k * to.height * to.width;
    for (const Blend& r : rows) {
      for (const Blend& c : columns) {
        auto between_columns = [&](Index row) {
          return (1 - c.weight) * source(k, row, c.first) + c.weight * source(k, row, c.second);
        };
        *out++ = static_cast<Scalar>((1 - r.weight) * between_columns(r.first) +
                                     r.weight * between_columns(r.second));
      }
    }
  }
  return result.reshape({n, to.height * to.width});
}

}}  // namespace nn::NN_PRECISION
