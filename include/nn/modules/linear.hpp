#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x W + b.  x: (batch, in), W: (in, out), b: (out), z: (batch, out).
/// Starts from PyTorch's default initialisation. Layers of the same sizes start equal until
/// initialize() draws them. Throws ShapeError unless in, out >= 1.
class Linear : public Layer {
 public:
  Linear(Index in, Index out, bool bias = true);

  Tensor forward(const Tensor& x) override { return predict(x); }
  void predict_into(const Tensor& x, Tensor& z) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "Linear"; }
  Options options() const override;

  /// The number of inputs, and of outputs.
  Index in() const { return in_; }
  Index out() const { return out_; }

  const ParameterPtr& weight() const { return weight_; }  // W
  const ParameterPtr& bias() const { return bias_; }      // null without one

 private:
  Index in_, out_;
  ParameterPtr weight_, bias_;
};

}}  // namespace nn::NN_PRECISION
