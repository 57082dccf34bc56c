#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of ConvTranspose2D, whose formula they are part of.
struct ConvTranspose2DOptions {
  Size2 kernel;  // {height, width}, or one number for a square; so are the other Size2
  Index chan_in, chan_out;
  Size2 stride = 1, padding = 0, output_padding = 0, dilation = 1;
  Index groups = 1;
  bool bias = true;
};

/// The transposed map of a convolution, which makes images larger: each pixel of x adds a window to
/// z. It is dL/dx of the Conv2D from chan_out to chan_in channels with the same kernel, and a bias:
///
///     z[b, p s_h + i d_h - p_h, q s_w + j d_w - p_w, o] = bias[o]
///         + sum x[b, p, q, c] W[i, j, o, c]
///
/// where the sum is over all p, q, i, j, c that give that place.
/// x: (batch, height, width, chan_in), W: (k_h, k_w, chan_out / groups, chan_in), that Conv2D's;
/// bias: (chan_out), z: (batch, (height - 1) s_h - 2 p_h + d_h (k_h - 1) + output_padding_h + 1,
/// likewise for the width, chan_out). output_padding says which of the images that the Conv2D takes
/// to this size is meant. Groups are Conv2D's. Where a weight that is not finite meets a pixel
/// outside of x, z is NaN or as without this term.
///
/// ShapeError for images of which nothing is left, for sizes that are too small, for channels that
/// are no multiples of groups and for an output_padding that is not below the stride.
///
/// Starts from PyTorch's default initialisation, with PyTorch's fan-in, k_h k_w chan_out / groups.
/// Layers of the same sizes start equal until initialize() draws them. Signals are images of height
/// 1: Reshape({1, length, channels}) before it and a kernel of {1, k}.
class ConvTranspose2D : public Module {
 public:
  explicit ConvTranspose2D(const ConvTranspose2DOptions& options);
  ConvTranspose2D(Size2 kernel, Index chan_in, Index chan_out, Size2 stride = 1, Size2 padding = 0)
      : ConvTranspose2D(ConvTranspose2DOptions{kernel, chan_in, chan_out, stride, padding}) {}

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "ConvTranspose2D"; }
  Options options() const override;

  const ParameterPtr& weight() const { return weight_; }  // W
  const ParameterPtr& bias() const { return bias_; }      // null without one

 private:
  Size2 larger(Size2 image) const;

  Windows windows_;  // of z
  Size2 output_padding_;
  Index chan_in_, chan_out_, groups_;
  bool has_bias_;
  ParameterPtr weight_, bias_;
};

}}  // namespace nn::NN_PRECISION
