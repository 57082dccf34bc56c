#pragma once

#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

namespace nn::inline NN_PRECISION {

// Convolution as a product of matrices (Chellapilla, Puri and Simard, "High Performance
// Convolutional Neural Networks for Document Processing", 2006): each window becomes a row of
// size.height * size.width * channels numbers, 0 where it lies in the padding. Windows are counted
// in lines, all windows of one height: line l is line l mod count.height of image l / count.height.
// A caller that takes a few lines at a time needs little memory.

/// rows = the windows of lines [first, last).  x: (batch, height, width, channels), contiguous;
/// rows: ((last - first) count.width, size.height size.width channels), contiguous.
void im2col(const Tensor& x, const Windows& windows, Index first, Index last, Tensor& rows);

/// The transposed map: adds each element of rows to the element of dx that it stems from, line
/// after line.
void col2im(const Tensor& rows, const Windows& windows, Index first, Index last, Tensor& dx);

}  // namespace nn::inline NN_PRECISION
