#pragma once

#include <string>

#include "nn/core/shape.hpp"

namespace nn::inline NN_PRECISION {

/// A height and a width; one number is a square.
struct Size2 {
  Size2(Index side) : height(side), width(side) {}
  Size2(Index height_, Index width_) : height(height_), width(width_) {}
  friend bool operator==(const Size2&, const Size2&) = default;

  Index height, width;
};

std::string to_string(const Size2& size);  // "3 x 2"; "3" for a square

/// The windows of a convolution or of pooling on images (batch, height, width, channels): `size`
/// pixels, `stride` apart, the first one beginning `padding` above and left of the image, which is
/// surrounded by that many pixels on all sides. Along each side there are
///
///     floor((n + 2 padding - size) / stride) + 1
///
/// of them: what is left over at the end is in none.
struct Windows {
  Size2 size, stride, padding;

  /// Throws ShapeError, which begins with `name`, unless size and stride are 1 to 2^31 - 1 and
  /// padding 0 to 2^31 - 1.
  void check(const std::string& name) const;
  /// The smallest image that has a window.
  Size2 smallest() const;
  /// How many there are on an image. ShapeError, which begins with `operation`, for a smaller image
  /// than that and where check() throws.
  Size2 count(const Size2& image, const char* operation = "Windows::count") const;
  /// "3 x 2, stride 2 x 1, padding 1", without what is `default_stride` or no padding.
  std::string describe(const Size2& default_stride) const;
  /// What describe() says after the size.
  std::string describe_steps(const Size2& default_stride) const;
};

}  // namespace nn::inline NN_PRECISION
