#pragma once

#include <array>

#include "nn/core/tensor.hpp"
#include "nn/data/images.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What happens to an image, about its centre, in this order: enlarged, sheared, turned, moved.
struct Affine {
  double down = 0, right = 0;  // pixels
  double rotation = 0;         // degrees, anticlockwise
  double scale = 1;            // above 0; 2 enlarges to twice the size
  double shear = 0;            // degrees: a pixel k rows below the centre moves k tan(shear) right
};

/// Which place of the source each pixel of the result shows:
/// (row, column) of the source = matrix (row, column) + offset. Pixel centres are at whole numbers.
struct AffineMap {
  std::array<std::array<double, 2>, 2> matrix{{{1, 0}, {0, 1}}};
  std::array<double, 2> offset{};
};

/// The map of a change to images of this size. Turns by multiples of 90 degrees are exact.
/// ArgumentError unless all numbers are finite, scale > 0 and |shear| < 90.
AffineMap affine_map(const ImageSize& size, const Affine& change);

/// Images through a map, with bilinear interpolation; `fill` where the place lies beyond the
/// centres of the outermost pixels. As scipy.ndimage.affine_transform(image, matrix, offset,
/// order=1, mode='constant', cval=fill) on each image and channel.
///
/// images: (batch, height, width) or (batch, height, width, channels); ShapeError otherwise. The
/// result is of the same shape.
Tensor affine_transform(const Tensor& images, const AffineMap& map, double fill = 0);

}}  // namespace nn::NN_PRECISION
