#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// The mean of each channel over the n places of a whole signal or image:
///
///     z[b, c] = sum over p of x[b, p, c] / n
///
/// x: (batch, ..., channels) with at least one dimension between, z: (batch, channels). A sum is
/// added up in double, in row-major order. ShapeError for other ranks and for an empty image.
class GlobalAvgPool : public Layer {
 public:
  Tensor forward(const Tensor& x) override { return predict(x); }
  void predict_into(const Tensor& x, Tensor& z) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  std::string kind() const override { return "GlobalAvgPool"; }
};

}}  // namespace nn::NN_PRECISION
