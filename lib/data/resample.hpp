#pragma once

#include "nn/data/affine.hpp"

/// Bilinear resampling of one image. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// (height, width, channels), contiguous.
struct ImageLayout {
  Index height, width, channels;
  Index numel() const { return height * width * channels; }
};

/// How far each pixel's place is moved besides the map: element (row, column) is at
/// row * row_stride + column. Null pointers for not at all.
struct Displacement {
  const Scalar *down = nullptr, *right = nullptr;
  Index row_stride = 0;
};

/// out = the image at the places that the map and the displacement give, or fill.
void resample(const ImageLayout& layout, const Scalar* image, const AffineMap& map,
              const Displacement& moved, Scalar fill, Scalar* out);

/// How many images a thread should at least have.
Index image_grain(const ImageLayout& layout);

}}}  // namespace nn::NN_PRECISION::detail
