#include "nn/ops/windows.hpp"

#include <algorithm>
#include <limits>

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

bool within(const Size2& size, Index least) {
  constexpr Index most = std::numeric_limits<std::int32_t>::max();  // no sum of these overflows
  return std::min(size.height, size.width) >= least && std::max(size.height, size.width) <= most;
}

}  // namespace

std::string to_string(const Size2& size) {
  std::string height = std::to_string(size.height);
  return size.height == size.width ? height : height + " x " + std::to_string(size.width);
}

void Windows::check(std::string_view name) const {
  if (!within(size, 1) || !within(stride, 1) || !within(dilation, 1) || !within(padding, 0))
    throw ShapeError(std::string(name) +
                     ": size, stride and dilation must be at least 1, padding at least 0, all "
                     "below 2^31, got " +
                     to_string(size) + ", " + to_string(stride) + " and " + to_string(padding) +
                     (dilation == Size2(1) ? "" : ", dilation " + to_string(dilation)));
}

void Windows::check_pool(std::string_view name) const {
  check(name);
  if (dilation != Size2(1)) throw ShapeError(std::string(name) + ": pooling has no dilation");
  if (2 * padding.height > size.height || 2 * padding.width > size.width)
    throw ShapeError(std::string(name) + ": padding " + to_string(padding) +
                     " is more than half the window's size, " + to_string(size));
}

void Windows::check_max_pool(std::string_view name) const {
  check_pool(name);
  constexpr Index most = 65536;
  if (size.height * size.width > most)
    throw ShapeError(std::string(name) + ": more than " + std::to_string(most) +
                     " elements in a window of " + to_string(size));
}

Size2 Windows::span() const {
  return {dilation.height * (size.height - 1) + 1, dilation.width * (size.width - 1) + 1};
}

Size2 Windows::smallest() const {
  const Size2 whole = span();
  auto side = [&](Index all, Index step, Index zeros) {
    return std::max<Index>(1, all - 2 * zeros - (ceil_mode ? step - 1 : 0));
  };
  return {side(whole.height, stride.height, padding.height),
          side(whole.width, stride.width, padding.width)};
}

Size2 Windows::count(const Size2& image, std::string_view name) const {
  check(name);
  const Size2 least = smallest(), whole = span();
  if (image.height < least.height || image.width < least.width)
    throw ShapeError(std::string(name) + ": windows " + describe(size) + " on an image of " +
                     to_string(image) + ": expected at least " + to_string(least));
  auto along = [&](Index side, Index all, Index step, Index zeros) {
    const Index steps = (side + 2 * zeros - all + (ceil_mode ? step - 1 : 0)) / step;
    const bool begins_behind = ceil_mode && steps * step >= side + zeros;
    return begins_behind ? steps : steps + 1;
  };
  return {along(image.height, whole.height, stride.height, padding.height),
          along(image.width, whole.width, stride.width, padding.width)};
}

std::string Windows::describe(const Size2& default_stride) const {
  return to_string(size) + (stride == default_stride ? "" : ", stride " + to_string(stride)) +
         (padding == Size2(0) ? "" : ", padding " + to_string(padding)) +
         (dilation == Size2(1) ? "" : ", dilation " + to_string(dilation));
}

void detail::check_images(std::string_view name, const Shape& images) {
  if (images.rank() != 4)
    throw ShapeError(std::string(name) +
                     ": expected images (batch, height, width, channels), got " +
                     images.to_string());
}

}}  // namespace nn::NN_PRECISION
