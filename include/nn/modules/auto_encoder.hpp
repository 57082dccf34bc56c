#pragma once

#include "nn/modules/sequential.hpp"

namespace nn { inline namespace NN_PRECISION {

/// An encoder and a decoder in series: z = decode(encode(x)). Parameters that both share (see
/// TiedLinear) count once. Errors say in which part they are: "AutoEncoder, decoder: layer 0, ...".
class AutoEncoder : public Module {
 public:
  AutoEncoder(Sequential encoder, Sequential decoder);

  /// The code of x, and what a code stands for: for use, as predict().
  Tensor encode(const Tensor& x) const;
  Tensor decode(const Tensor& code) const;

  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override { return decode(encode(x)); }
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Tensor backward(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  /// Names its parts "encoder" and "decoder".
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "AutoEncoder"; }

  /// The two parts.
  Sequential& encoder() { return encoder_; }
  const Sequential& encoder() const { return encoder_; }
  Sequential& decoder() { return decoder_; }
  const Sequential& decoder() const { return decoder_; }

 private:
  Sequential encoder_, decoder_;
  Tensor x_, code_;  // of the last forward
};

}}  // namespace nn::NN_PRECISION
