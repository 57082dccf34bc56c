#pragma once

#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION {

// Convolution as a product of matrices (Chellapilla, Puri and Simard, "High Performance
// Convolutional Neural Networks for Document Processing", 2006). Each window becomes a row of
// size.height * size.width * channels numbers. Images are padded first, by pad().
//
// A line is all windows of one image that begin in one row. Line l is line l mod count.height of
// image l / count.height. Taking a few lines at a time needs little memory.
//
// ShapeError for windows with padding or ceil_mode, for images smaller than a window or than the
// cropped part, and for shapes other than those named; RangeError for lines that do not exist.

/// The shape of images (batch, height, width, channels) with padding on each side.
Shape padded(const Shape& images, const Size2& padding);
/// Images x (batch, height, width, channels) with padding of zeros on each side, contiguous.
/// Without padding, x itself if it is contiguous.
Tensor pad(const Tensor& x, const Size2& padding);
/// The transposed map of pad(): x without its padding, contiguous.
Tensor crop(const Tensor& x, const Size2& padding);

/// rows = the windows of lines [first, last).  x: (batch, height, width, channels), contiguous, or
/// some channels of such images; rows:
/// ((last - first) * count.width, size.height * size.width * channels), contiguous or the
/// transpose of a contiguous matrix. The transpose is faster to fill if windows begin at successive
/// numbers, that is for a stride of 1 and one channel.
void im2col(const Tensor& x, const Windows& windows, Index first, Index last, Tensor& rows);

/// The transposed map of im2col(): adds each element of rows to its element of dx, line after line,
/// the windows of a line from the last to the first.
void col2im(const Tensor& rows, const Windows& windows, Index first, Index last, Tensor& dx);

}}  // namespace nn::NN_PRECISION
