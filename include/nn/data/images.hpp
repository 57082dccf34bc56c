#pragma once

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Height and width in pixels.
struct ImageSize {
  Index height, width;
};

/// Resizes images by bilinear interpolation between pixel centres, as PyTorch's interpolate with
/// align_corners=False.  x: (n, from.height * from.width), row by row; result:
/// (n, to.height * to.width). Row i of the result is row
///
///     s = (i + 1/2) from.height / to.height - 1/2, clamped to [0, from.height - 1]
///
/// of the source, interpolated between rows floor(s) and floor(s) + 1; columns likewise. ShapeError
/// if x is not of size `from`, RangeError for a size below 1 and if memory cannot hold the result.
Tensor resize_images(const Tensor& x, const ImageSize& from, const ImageSize& to);

}}  // namespace nn::NN_PRECISION
