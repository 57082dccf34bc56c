#pragma once

#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

namespace nn::inline NN_PRECISION {

// Pooling of images (batch, height, width, channels), each channel alone. The padding is at most
// half a window's size, so that none lies in it as a whole. To note its place, a maximum's window
// must have at most 65536 elements. ShapeError for other windows, for images smaller than a window,
// and for a delta or places that are not of the result's shape.

/// The largest element of each window; the padding is never it. The first of equals, and NaN
/// counts as the largest. Result: (batch, count.height, count.width, channels), and `places`
/// likewise: where in its window each maximum lies, counted row after row, padding included.
Tensor max_pool(const Tensor& x, const Windows& windows);
Tensor max_pool(const Tensor& x, const Windows& windows, Tensor& places);
/// The transposed map, for x of that shape: each element of delta goes to its maximum's place.
Tensor max_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images,
                         const Tensor& places);

/// The sum of each window over its number of elements, the padding's zeros included.
Tensor avg_pool(const Tensor& x, const Windows& windows);
/// The transposed map: each element of delta over that number, to each element of its window.
Tensor avg_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images);

}  // namespace nn::inline NN_PRECISION
