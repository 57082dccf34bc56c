#pragma once

#include <string>

#include "nn/core/tensor.hpp"
#include "nn/modules/parameter.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Conv2D's three products, for the layers that are made of them. x: (batch, height, width,
/// chan_in), z: (batch, count.height, count.width, chan_out), W: (..., chan_in / groups, chan_out)
/// with one row for each pixel of a window before. Output o of group g sees the channels of group g
/// alone; the groups lie side by side. Private to lib/.
///
/// Where a group is one channel, kernels for all channels at once do it: kernels::Table::depthwise.
struct Convolution {
  Windows windows;
  Index groups;

  /// ShapeError, opened by the layer's name, for sizes that no convolution has.
  void check(const std::string& name, Index chan_in, Index chan_out) const;

  /// z = windows W + b. bias may be null; z is contiguous.
  void forward(const Tensor& x, const Tensor& w, const Tensor* bias, Tensor& z) const;
  /// dL/dx for x of this shape, by delta = dL/dz.
  Tensor backward(const Tensor& delta, const Tensor& w, const Shape& images) const;
  /// Adds dL/dW and, if there is a bias, dL/db, once each.
  void add_gradients(const Tensor& x, const Tensor& delta, Parameter& weight,
                     Parameter* bias) const;
};

}}}  // namespace nn::NN_PRECISION::detail
