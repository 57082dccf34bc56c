#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of Conv2D, whose formula they are part of.
struct Conv2DOptions {
  Size2 kernel;  // {height, width}, or one number for a square; so are the other Size2
  Index chan_in, chan_out;
  Size2 stride = 1, padding = 0, dilation = 1;
  Index groups = 1;
  bool bias = true;
};

/// A convolution of images (a cross-correlation: the kernel is not turned over), with zeros around
/// them:
///
///     z[b, p, q, o] = bias[o] + sum_{i, j, c} x[b, p s_h + i d_h - p_h, q s_w + j d_w - p_w, c]
///                                             W[i, j, c, o]
///
/// x: (batch, height, width, chan_in), W: (k_h, k_w, chan_in, chan_out), bias: (chan_out),
/// z: (batch, floor((height + 2 p_h - d_h (k_h - 1) - 1) / s_h) + 1, likewise for the width,
/// chan_out), with strides s, paddings p and dilations d. Rows and columns left over at the end are
/// in no window. Where a weight that is not finite meets a zero of the padding, z is NaN or as
/// without this term; so is dL/dx where such a weight meets an output that does not exist.
/// ShapeError for a kernel larger than the padded image, and for sizes that are too small.
///
/// With groups, the channels are cut into so many equal parts, and each part of the outputs is a
/// convolution of its part of the inputs: W is (k_h, k_w, chan_in / groups, chan_out), and c counts
/// the channels of o's part. groups = chan_in is a depthwise convolution. ShapeError unless both
/// numbers of channels are multiples of groups.
///
/// Starts from PyTorch's default initialisation, with fan-in k_h k_w chan_in / groups. Layers of
/// the same sizes start equal until initialize() draws them. Products of matrices read the windows
/// where they lie. Where that does not pay, as with one output channel, they are laid out a few at
/// a time (ops/im2col.hpp): 65536 numbers for each thread, or one line of windows if that is more.
/// Depthwise convolutions need neither.
class Conv2D : public Layer {
 public:
  explicit Conv2D(const Conv2DOptions& options);
  Conv2D(Size2 kernel, Index chan_in, Index chan_out, Size2 stride = 1, Size2 padding = 0)
      : Conv2D(Conv2DOptions{kernel, chan_in, chan_out, stride, padding}) {}

  Tensor forward(const Tensor& x) override { return predict(x); }
  void predict_into(const Tensor& x, Tensor& z) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "Conv2D"; }
  Options options() const override;

  const ParameterPtr& weight() const { return weight_; }  // W
  const ParameterPtr& bias() const { return bias_; }      // null without one

 private:
  Windows windows_;
  Index chan_in_, chan_out_, groups_;
  bool has_bias_;
  ParameterPtr weight_, bias_;
};

}}  // namespace nn::NN_PRECISION
