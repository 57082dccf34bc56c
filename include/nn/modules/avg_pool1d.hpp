#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/windows.hpp"

namespace nn::inline NN_PRECISION {

/// The mean of each window along a signal, each channel alone.
/// x: (batch, length, channels), z: (batch, floor((length - k_size) / stride) + 1, channels).
/// dL/dz over the size of a window goes to each of its elements.
/// What is left over at the end is in no window. ShapeError for a length below k_size, or sizes
/// below 1.
class AvgPool1D : public Module {
 public:
  explicit AvgPool1D(Index k_size) : AvgPool1D(k_size, k_size) {}
  AvgPool1D(Index k_size, Index stride);

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  std::string describe() const override;

 private:
  Windows windows_;
};

}  // namespace nn::inline NN_PRECISION
