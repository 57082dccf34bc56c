#pragma once

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// Height and width in pixels.
struct ImageSize {
  Index height, width;
};

/// Images in another size, bilinear between pixel centres. x: (n, from.height * from.width), row by
/// row; result: (n, to.height * to.width). Row i of the result lies at
///   s = (i + 1/2) from.height / to.height - 1/2, kept within [0, from.height - 1],
/// of the source, between rows floor(s) and floor(s) + 1; columns likewise (PyTorch's interpolate
/// with align_corners=False). ShapeError if x does not have that size, RangeError for a size
/// below 1 and where there is no memory for the result.
Tensor resize_images(const Tensor& x, const ImageSize& from, const ImageSize& to);

}  // namespace nn::inline NN_PRECISION
