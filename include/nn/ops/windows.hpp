#pragma once

#include <string>
#include <string_view>

#include "nn/core/shape.hpp"

namespace nn { inline namespace NN_PRECISION {

/// A height and a width: {height, width}, or one number for a square.
struct Size2 {
  Size2(Index side) : height(side), width(side) {}
  Size2(Index height_, Index width_) : height(height_), width(width_) {}
  /// Whether both sides are the same.
  friend bool operator==(const Size2&, const Size2&) = default;

  Index height, width;
};

std::string to_string(const Size2& size);  // "3 x 2"; "3" for a square

/// The windows of a convolution or of pooling on images (batch, height, width, channels). The image
/// is padded with `padding` pixels on each side. Windows of `size` pixels, `dilation` apart, begin
/// every `stride` pixels. Along a side of n pixels there are
///
///     floor((n + 2 padding - span) / stride) + 1,    span = dilation (size - 1) + 1
///
/// windows. The pixels left over at the end are in none. In ceil_mode, which pooling alone has, one
/// more window has them: the fraction is rounded up, unless that window would begin behind the
/// image, in the padding after its end.
struct Windows {
  Size2 size, stride, padding;
  Size2 dilation = 1;
  bool ceil_mode = false;

  /// ShapeError unless size, stride and dilation are 1 to 2^31 - 1 and padding is 0 to 2^31 - 1.
  /// `name` opens the message, here and below.
  void check(std::string_view name) const;
  /// For pooling: as check(), the dilation is 1, and the padding is at most half the size, so that
  /// every window has a pixel of the image.
  void check_pool(std::string_view name) const;
  /// For max pooling that notes the places of the maxima: as check_pool(), and a window has at most
  /// 65536 pixels.
  void check_max_pool(std::string_view name) const;
  /// The pixels from a window's first to its last.
  Size2 span() const;
  /// The smallest image that has a window.
  Size2 smallest() const;
  /// The number of windows along each side of an image. ShapeError for an image below smallest(),
  /// and where check() throws.
  Size2 count(const Size2& image, std::string_view name = "Windows::count") const;
  /// "3 x 2, stride 2 x 1, padding 1, dilation 2". The default stride, a padding of 0 and a
  /// dilation of 1 are left out.
  std::string describe(const Size2& default_stride) const;
};

namespace detail {
/// ShapeError unless the shape is (batch, height, width, channels).
void check_images(std::string_view name, const Shape& images);
}  // namespace detail

}}  // namespace nn::NN_PRECISION
