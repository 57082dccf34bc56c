#include "nn/data/affine.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/portable_math.hpp"
#include "data/resample.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// Some pixels in order, and what each is made of. The loops are over plain arrays and without
/// branches, so that the compiler makes vectors of them.
struct Block {
  static constexpr std::size_t kSize = 256;
  using Numbers = std::array<Scalar, kSize>;
  using Integers = std::array<std::int32_t, kSize>;

  /// Along one axis: the place in the source; then the pixel before it and the rest of the way.
  struct Axis {
    Numbers place;
    Integers pixel;

    void split(std::size_t count, Index length, Numbers& is_outside) {
      const auto end = static_cast<Scalar>(length - 1);
      for (std::size_t k = 0; k < count; ++k) {
        const Scalar at = place[k], low = at >= 0 ? at : 0, within = low <= end ? low : end;
        const auto whole = static_cast<std::int32_t>(within);
        is_outside[k] = within == at ? is_outside[k] : 1;
        pixel[k] = whole;
        place[k] = within - static_cast<Scalar>(whole);
      }
    }
  };

  std::size_t size = 0;  // how many
  Axis down, right;
  Numbers outside;                                           // 1: fill shows
  Numbers upper_left, upper_right, lower_left, lower_right;  // around the place
  Numbers value;

  Index room() const { return static_cast<Index>(kSize - size); }
  /// Appends pixels of a line, from this one on.
  void append(Index row, Index column, Index count, const AffineMap& map,
              const detail::Displacement& moved) {
    const auto i = static_cast<double>(row), j = static_cast<double>(column);
    const Index begin = row * moved.row_stride + column;
    fill(down.place.data() + size, count, map.matrix[0], i, j, map.offset[0],
         moved.down ? moved.down + begin : nullptr);
    fill(right.place.data() + size, count, map.matrix[1], i, j, map.offset[1],
         moved.right ? moved.right + begin : nullptr);
    size += static_cast<std::size_t>(count);
  }
  static void fill(Scalar* place, Index count, const std::array<double, 2>& m, double i, double j,
                   double offset, const Scalar* moved) {
    const auto first = static_cast<Scalar>(m[0] * i + m[1] * j + offset);
    const auto step = static_cast<Scalar>(m[1]);
    for (Index k = 0; k < count; ++k)
      place[k] = first + step * static_cast<Scalar>(static_cast<std::int32_t>(k));
    if (!moved) return;
    for (Index k = 0; k < count; ++k) place[k] += moved[k];
  }

  void find_pixels(const detail::ImageLayout& layout) {
    std::fill_n(outside.begin(), size, Scalar{0});
    down.split(size, layout.height, outside);
    right.split(size, layout.width, outside);
  }

  /// The values of a channel, which a padded image begins with.
  void blend(const detail::ImageLayout& layout, const Scalar* image, Scalar fill) {
    const Index channels = layout.channels, line = (layout.width + 1) * channels;
    for (std::size_t k = 0; k < size; ++k) {
      const Scalar* first = image + down.pixel[k] * line + right.pixel[k] * channels;
      upper_left[k] = first[0];
      upper_right[k] = first[channels];
      lower_left[k] = first[line];
      lower_right[k] = first[line + channels];
    }
    for (std::size_t k = 0; k < size; ++k) {
      const Scalar upper = upper_left[k] + right.place[k] * (upper_right[k] - upper_left[k]);
      const Scalar lower = lower_left[k] + right.place[k] * (lower_right[k] - lower_left[k]);
      value[k] = upper + down.place[k] * (lower - upper);
    }
    for (std::size_t k = 0; k < size; ++k) value[k] = outside[k] > 0 ? fill : value[k];
  }
};

/// The image with its last line and its last column once more: each pixel has one after it.
Tensor padded(const detail::ImageLayout& layout, const Scalar* image) {
  const Index channels = layout.channels, line = layout.width * channels;
  Tensor result({layout.height + 1, line + channels});
  Scalar* out = result.data();
  for (Index i = 0; i <= layout.height; ++i, out += line + channels) {
    const Scalar* from = image + std::min(i, layout.height - 1) * line;
    std::copy_n(from, line, out);
    std::copy_n(from + line - channels, channels, out + line);
  }
  return result;
}

}  // namespace

AffineMap affine_map(const ImageSize& size, const Affine& change) {
  const auto& [down, right, rotation, scale, shear] = change;
  if (!std::isfinite(down + right + rotation + scale + shear) || scale <= 0 || shear <= -90 ||
      shear >= 90)
    throw ArgumentError(
        "affine_map: expected finite numbers, a scale above 0 and a shear between "
        "-90 and 90 degrees");
  const auto [sin, cos] = detail::portable_sin_cos(rotation);
  const auto [shear_sin, shear_cos] = detail::portable_sin_cos(shear);
  const double t = shear_sin / shear_cos;
  AffineMap map;
  // The inverse: turned back, sheared back, made smaller.
  map.matrix = {{{cos / scale, sin / scale}, {(-sin - t * cos) / scale, (cos - t * sin) / scale}}};
  const double centre[] = {static_cast<double>(size.height - 1) / 2,
                           static_cast<double>(size.width - 1) / 2};
  for (std::size_t axis = 0; axis < 2; ++axis)
    map.offset[axis] = centre[axis] - (map.matrix[axis][0] * (centre[0] + down) +
                                       map.matrix[axis][1] * (centre[1] + right));
  return map;
}

void detail::resample(const ImageLayout& layout, const Scalar* image, const AffineMap& map,
                      const Displacement& moved, Scalar fill, Scalar* out) {
  if (layout.numel() == 0) return;
  Block block;
  const Tensor source = padded(layout, image);
  auto finish = [&] {
    block.find_pixels(layout);
    for (Index c = 0; c < layout.channels; ++c) {
      block.blend(layout, source.data() + c, fill);
      Scalar* to = out + c;
      for (std::size_t k = 0; k < block.size; ++k, to += layout.channels) *to = block.value[k];
    }
    out += static_cast<Index>(block.size) * layout.channels;
    block.size = 0;
  };
  for (Index row = 0; row < layout.height; ++row)
    for (Index column = 0, count; column < layout.width; column += count) {
      count = std::min(layout.width - column, block.room());
      block.append(row, column, count, map, moved);
      if (block.room() == 0) finish();
    }
  finish();
}

Index detail::image_grain(const ImageLayout& layout) {
  constexpr Index least = 4096;  // pixels: some ten microseconds
  return std::max<Index>(least / std::max<Index>(layout.height * layout.width, 1), 1);
}

Tensor affine_transform(const Tensor& images, const AffineMap& map, double fill) {
  if (images.rank() != 3 && images.rank() != 4)
    throw ShapeError(
        "affine_transform: expected (batch, height, width) or (batch, height, width, channels), "
        "got " +
        images.shape().to_string());
  const detail::ImageLayout layout{images.size(1), images.size(2),
                                   images.rank() == 4 ? images.size(3) : 1};
  const Tensor source = images.contiguous();
  Tensor result(images.shape());
  const Scalar* from = source.data();
  Scalar* to = result.data();
  parallel_for(images.size(0), detail::image_grain(layout), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      detail::resample(layout, from + i * layout.numel(), map, {}, static_cast<Scalar>(fill),
                       to + i * layout.numel());
  });
  return result;
}

}}  // namespace nn::NN_PRECISION
