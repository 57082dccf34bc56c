#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/upsample.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Enlarges signals and images by a whole factor, each channel alone. `nearest` repeats each pixel;
/// `linear` interpolates between the centres of pixels, on images in both directions: PyTorch's
/// "bilinear" with align_corners=False.
/// x: (batch, length, channels), z: (batch, length factor, channels); or
/// x: (batch, height, width, channels), z: (batch, height factor, width factor, channels).
/// nn/ops/upsample.hpp has the formula. ShapeError unless 1 <= factor <= 65536.
class Upsample : public Module {
 public:
  explicit Upsample(Index factor, Interpolation interpolation = Interpolation::nearest);

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  std::string kind() const override { return "Upsample"; }
  Options options() const override;

 private:
  Index factor_;
  Interpolation interpolation_;
};

}}  // namespace nn::NN_PRECISION
