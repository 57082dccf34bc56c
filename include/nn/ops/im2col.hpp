#pragma once

#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

namespace nn::inline NN_PRECISION {

// Convolution as a product of matrices (Chellapilla, Puri and Simard, "High Performance
// Convolutional Neural Networks for Document Processing", 2006): each window becomes a row of
// size.height * size.width * channels numbers. The images are padded before. Windows are counted in
// lines, all windows of one height: line l is line l mod count.height of image l / count.height. A
// caller that takes a few lines at a time needs little memory. ShapeError for windows with padding,
// images smaller than a window or than what is cropped, and other shapes than those named;
// RangeError for lines that there are not.

/// The shape of such images with that many rows and columns more on each side.
Shape padded(const Shape& images, const Size2& padding);
/// Images x (batch, height, width, channels) with that many rows and columns of zeros on each side,
/// contiguous; x itself if it is contiguous and there are none.
Tensor pad(const Tensor& x, const Size2& padding);
/// The transposed map: padded images without their padding, contiguous.
Tensor crop(const Tensor& x, const Size2& padding);

/// rows = the windows of lines [first, last).  x: (batch, height, width, channels), contiguous;
/// rows: ((last - first) count.width, size.height size.width channels), contiguous or the transpose
/// of a contiguous matrix, which is faster to fill where windows are one number apart.
void im2col(const Tensor& x, const Windows& windows, Index first, Index last, Tensor& rows);

/// The transposed map: adds each element of rows to the element of dx that it stems from, line
/// after line.
void col2im(const Tensor& rows, const Windows& windows, Index first, Index last, Tensor& dx);

}  // namespace nn::inline NN_PRECISION
