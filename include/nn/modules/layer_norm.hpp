#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of LayerNorm.
struct LayerNormOptions {
  double epsilon = 1e-5;
  bool affine = true;  // whether weight and bias are trained
};

/// Each row brought to mean 0 and variance 1; then scaled and shifted by feature:
///
///     x' = (x - m) / sqrt(v + epsilon),    z = weight x' + bias
///
/// x, z: (batch, ..., features); weight, bias: (features); m and v: mean and variance of the last
/// dimension. PyTorch's LayerNorm (Ba, Kiros and Hinton, 2016, arXiv 1607.06450, eq. 4). Sums over
/// a row are in double, over eight lanes that are then added in pairs. ArgumentError unless
/// features >= 1 and epsilon > 0.
class LayerNorm : public Layer {
 public:
  explicit LayerNorm(Index features, const LayerNormOptions& options = {});

  Tensor forward(const Tensor& x) override;
  void predict_into(const Tensor& x, Tensor& z) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "LayerNorm"; }
  Options options() const override;

  const ParameterPtr& weight() const { return weight_; }  // if not affine, fixed at 1
  const ParameterPtr& bias() const { return bias_; }      // if not affine, fixed at 0

 private:
  void normalize(const Tensor& x, Tensor* normalized, Tensor* factors, Tensor& z) const;
  void check_backward(const Tensor& x, const Tensor& delta) const;

  Index features_;
  LayerNormOptions options_;
  ParameterPtr weight_, bias_;
  Tensor x_, normalized_, factors_;  // of the last forward: x, x' and 1 / sqrt(v + epsilon)
};

}}  // namespace nn::NN_PRECISION
