#pragma once

#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION {

// Pooling of images (batch, height, width, channels), each channel alone. ShapeError for windows
// that Windows::check_pool refuses (check_max_pool where places are noted), for images smaller than
// a window, and for a delta or places of another shape than the result's.

/// The largest element of each window, the padding left out. NaN counts as the largest. Result:
/// (batch, count.height, count.width, channels). `places` has the same shape: the place of each
/// maximum in its window, counted row after row, padding included; the first of equal ones.
Tensor max_pool(const Tensor& x, const Windows& windows);
Tensor max_pool(const Tensor& x, const Windows& windows, Tensor& places);
/// Into given memory: z is contiguous.
void max_pool_into(const Tensor& x, const Windows& windows, Tensor& z);
/// The transposed map, to the shape of the images: each element of delta goes to its maximum's
/// place.
Tensor max_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images,
                         const Tensor& places);

/// The mean of each window, the padding's zeros included, but not what a window of ceil_mode has
/// beyond the padding.
Tensor avg_pool(const Tensor& x, const Windows& windows);
void avg_pool_into(const Tensor& x, const Windows& windows, Tensor& z);
/// The transposed map: each element of delta, divided by the number of what it is the mean of, goes
/// to each element of its window.
Tensor avg_pool_backward(const Tensor& delta, const Windows& windows, const Shape& images);

}}  // namespace nn::NN_PRECISION
