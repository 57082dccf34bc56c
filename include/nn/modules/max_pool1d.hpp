#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/pool.hpp"

namespace nn::inline NN_PRECISION {

/// The largest element of each window along a signal, each channel alone.
/// x: (batch, length, channels), z: (batch, floor((length - k_size) / stride) + 1, channels).
/// dL/dz goes to the maximum's place, the first of equals; NaN counts as the largest.
/// What is left over at the end is in no window. ShapeError for a length below k_size, sizes below
/// 1 or a k_size above 65536.
class MaxPool1D : public Module {
 public:
  explicit MaxPool1D(Index k_size) : MaxPool1D(k_size, k_size) {}
  MaxPool1D(Index k_size, Index stride);

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
