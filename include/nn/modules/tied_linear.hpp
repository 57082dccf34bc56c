#pragma once

#include "nn/modules/linear.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x W^T + b with the weight W: (in, out) of an encoder Linear(in -> out), which it shares, and
/// a bias of its own.  x: (batch, out), b: (in), z: (batch, in). Its dL/dW is added to the
/// encoder's gradient. A network zeroes and updates a shared parameter once.
///
///     nn::Linear encoder(256, 64);
///     nn::TiedLinear decoder(encoder);  // before the encoder is moved into its network
///     nn::Sequential net{std::move(encoder), nn::TanH(), std::move(decoder), nn::Sigmoid()};
///
/// The bias starts from PyTorch's default for Linear(out, in), as that of any other TiedLinear of
/// these sizes. ArgumentError for an encoder that was moved from.
class TiedLinear : public Layer {
 public:
  explicit TiedLinear(const Linear& encoder);

  Tensor forward(const Tensor& x) override { return predict(x); }
  void predict_into(const Tensor& x, Tensor& z) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "TiedLinear"; }
  Options options() const override;

  const ParameterPtr& weight() const { return weight_; }  // the encoder's
  const ParameterPtr& bias() const { return bias_; }      // b

 private:
  Index in_, out_;  // of this layer
  ParameterPtr weight_, bias_;
};

}}  // namespace nn::NN_PRECISION
