#include "nn/ops/windows.hpp"

#include <algorithm>
#include <limits>

#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION {
namespace {

bool within(const Size2& size, Index least) {
  constexpr Index most = std::numeric_limits<std::int32_t>::max();  // no sum of these overflows
  return std::min(size.height, size.width) >= least && std::max(size.height, size.width) <= most;
}

bool are_valid(const Windows& w) {
  return within(w.size, 1) && within(w.stride, 1) && within(w.padding, 0);
}

}  // namespace

std::string to_string(const Size2& size) {
  std::string height = std::to_string(size.height);
  return size.height == size.width ? height : height + " x " + std::to_string(size.width);
}

void Windows::check(const std::string& name) const {
  if (!are_valid(*this))
    throw ShapeError(name +
                     ": size and stride must be at least 1, padding at least 0, all below "
                     "2^31, got " +
                     to_string(size) + ", " + to_string(stride) + " and " + to_string(padding));
}

Size2 Windows::smallest() const {
  return {std::max<Index>(1, size.height - 2 * padding.height),
          std::max<Index>(1, size.width - 2 * padding.width)};
}

Size2 Windows::count(const Size2& image, const char* operation) const {
  if (!are_valid(*this)) check(operation);
  const Size2 least = smallest();
  if (image.height < least.height || image.width < least.width)
    throw ShapeError(std::string(operation) + ": windows " + describe(size) + " on an image of " +
                     to_string(image) + ": expected at least " + to_string(least));
  return {(image.height + 2 * padding.height - size.height) / stride.height + 1,
          (image.width + 2 * padding.width - size.width) / stride.width + 1};
}

std::string Windows::describe(const Size2& default_stride) const {
  return to_string(size) + describe_steps(default_stride);
}

std::string Windows::describe_steps(const Size2& default_stride) const {
  return (stride == default_stride ? "" : ", stride " + to_string(stride)) +
         (padding == Size2(0) ? "" : ", padding " + to_string(padding));
}

}  // namespace nn::inline NN_PRECISION
