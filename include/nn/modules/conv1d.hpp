#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of Conv1D, whose formula they are part of.
struct Conv1DOptions {
  Index k_size, chan_in, chan_out;
  Index stride = 1, padding = 0, dilation = 1, groups = 1;
  bool bias = true;
};

/// A convolution along signals (as everywhere in neural networks, a cross-correlation: the kernel
/// is not reversed), with zeros before and after them:
///
///     z[b, p, o] = bias[o] + sum_{t, c} x[b, p stride + t dilation - padding, c] W[t, c, o]
///
/// x: (batch, length, chan_in), W: (k_size, chan_in, chan_out), bias: (chan_out),
/// z: (batch, floor((length + 2 padding - dilation (k_size - 1) - 1) / stride) + 1, chan_out).
/// What is left over at the end is in no window, and its dL/dx is 0. ShapeError for a kernel longer
/// than the padded signal, or sizes below 1.
///
/// With groups, W is (k_size, chan_in / groups, chan_out): Conv2D says what that means.
///
/// Starts from PyTorch's default initialisation, with fan-in k_size chan_in / groups. Layers of the
/// same sizes start equal until initialize() draws them.
class Conv1D : public Layer {
 public:
  explicit Conv1D(const Conv1DOptions& options);
  Conv1D(Index k_size, Index chan_in, Index chan_out, Index stride = 1, Index padding = 0)
      : Conv1D(Conv1DOptions{.k_size = k_size,
                             .chan_in = chan_in,
                             .chan_out = chan_out,
                             .stride = stride,
                             .padding = padding}) {}

  Tensor forward(const Tensor& x) override { return predict(x); }
  void predict_into(const Tensor& x, Tensor& z) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "Conv1D"; }
  Options options() const override;

  const ParameterPtr& weight() const { return weight_; }  // W
  const ParameterPtr& bias() const { return bias_; }      // null without one

 private:
  bool has_whole_windows() const { return windows_.dilation == Size2(1) && groups_ == 1; }
  Tensor rows(const Tensor& x) const;

  Windows windows_;  // of signals as images of height 1
  Index chan_in_, chan_out_, groups_;
  bool has_bias_;
  ParameterPtr weight_, bias_;
};

}}  // namespace nn::NN_PRECISION
