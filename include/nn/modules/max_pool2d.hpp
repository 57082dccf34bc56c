#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/pool.hpp"

namespace nn::inline NN_PRECISION {

/// The largest element of each window of an image, each channel alone; the padding is never it.
/// x: (batch, height, width, channels), z: (batch, floor((height + 2 padding - k) / stride) + 1,
/// likewise for the width, channels).
/// dL/dz goes to the maximum's place, the first of equals; NaN counts as the largest.
/// What is left over at the end is in no window. ShapeError for windows larger than the padded
/// image, for sizes below 1, windows of more than 65536 elements, and for a padding of more than
/// half a window's size.
class MaxPool2D : public Module {
 public:
  explicit MaxPool2D(Size2 k_size) : MaxPool2D(k_size, k_size) {}
  /// From {height, width}, which could be meant as a layer's size and stride otherwise.
  explicit MaxPool2D(const Index (&k_size)[2]) : MaxPool2D(Size2(k_size[0], k_size[1])) {}
  MaxPool2D(Size2 k_size, Size2 stride, Size2 padding = 0);

  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  std::string describe() const override;

 private:
  Windows windows_;
  Shape input_;    // of the last forward,
  Tensor places_;  // and where its maxima are
};

}  // namespace nn::inline NN_PRECISION
