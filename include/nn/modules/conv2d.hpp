#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION {

struct Conv2DOptions {
  Size2 kernel;  // {height, width}, or one number for a square; so are stride and padding
  Index chan_in, chan_out;
  Size2 stride = 1, padding = 0;
  bool bias = true;
};

/// A convolution of images (a cross-correlation: the kernel is not turned over), with zeros around
/// them:
///
///     z[b, p, q, o] = bias[o]
///                     + sum_{i, j, c} x[b, p s_h + i - p_h, q s_w + j - p_w, c] W[i, j, c, o]
///
/// x: (batch, height, width, chan_in), W: (k_h, k_w, chan_in, chan_out), bias: (chan_out),
/// z: (batch, floor((height + 2 p_h - k_h) / s_h) + 1, likewise for the width, chan_out), with
/// strides s and paddings p. Rows and columns left over at the end are in no window. ShapeError for
/// a kernel larger than the padded image, and for sizes that are too small.
///
/// Starts from PyTorch's default initialisation, with fan-in k_h k_w chan_in. Layers of the same
/// sizes start equal until initialize() draws them. Windows are laid out in memory for
/// the product of matrices a few at a time (ops/im2col.hpp): 65536 numbers for each thread, or one
/// line of windows if that is more.
class Conv2D : public Module {
 public:
  explicit Conv2D(const Conv2DOptions& options);
  Conv2D(Size2 kernel, Index chan_in, Index chan_out, Size2 stride = 1, Size2 padding = 0)
      : Conv2D(Conv2DOptions{kernel, chan_in, chan_out, stride, padding}) {}

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "Conv2D"; }
  Options options() const override;

  const ParameterPtr& weight() const { return weight_; }
  const ParameterPtr& bias() const { return bias_; }  // null without one

 private:
  template <class Function>
  void for_blocks(Index first, Index last, Index width, Function f) const;
  Index window_size() const;
  Tensor windows(const Tensor& x, Index begin, Index end, Index width) const;

  Windows windows_;
  Index chan_in_, chan_out_;
  bool has_bias_;
  ParameterPtr weight_, bias_;
};

}}  // namespace nn::NN_PRECISION
