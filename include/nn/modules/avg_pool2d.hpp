#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/windows.hpp"

namespace nn::inline NN_PRECISION {

/// The mean of each window of an image, each channel alone; the padding counts as zeros, as in
/// PyTorch unless told otherwise.  x: (batch, height, width, channels),
/// z: (batch, floor((height + 2 padding - k) / stride) + 1, likewise for the width, channels).
/// dL/dz over the size of a window goes to each of its elements.
/// What is left over at the end is in no window. ShapeError for windows larger than the padded
/// image, for sizes below 1, and for a padding of more than half a window's size.
class AvgPool2D : public Module {
 public:
  explicit AvgPool2D(Size2 k_size) : AvgPool2D(k_size, k_size) {}
  /// From {height, width}, which could be meant as a layer's size and stride otherwise.
  explicit AvgPool2D(const Index (&k_size)[2]) : AvgPool2D(Size2(k_size[0], k_size[1])) {}
  AvgPool2D(Size2 k_size, Size2 stride, Size2 padding = 0);

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  std::string describe() const override;

 private:
  Windows windows_;
};

}  // namespace nn::inline NN_PRECISION
