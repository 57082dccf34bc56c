#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// A convolution along signals (as everywhere in neural networks, a cross-correlation: the kernel
/// is not reversed):
///
///     z[b, p, o] = bias[o] + sum_{t, c} x[b, p stride + t, c] W[t, c, o]
///
/// x: (batch, length, chan_in), W: (k_size, chan_in, chan_out), bias: (chan_out),
/// z: (batch, floor((length - k_size) / stride) + 1, chan_out). What is left over at the end is in
/// no window, and its dL/dx is 0. ShapeError for a length below k_size, or sizes below 1.
///
/// Starts from PyTorch's default initialisation, with fan-in k_size chan_in. Layers of the same
/// sizes start equal until initialize() draws them.
class Conv1D : public Module {
 public:
  Conv1D(Index k_size, Index chan_in, Index chan_out, Index stride = 1, bool bias = true);

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "Conv1D"; }
  Options options() const override;

  const ParameterPtr& weight() const { return weight_; }
  const ParameterPtr& bias() const { return bias_; }  // null without one

 private:
  Tensor windows(const Tensor& x) const;

  Index k_size_, chan_in_, chan_out_, stride_;
  bool has_bias_;
  ParameterPtr weight_, bias_;
};

}}  // namespace nn::NN_PRECISION
