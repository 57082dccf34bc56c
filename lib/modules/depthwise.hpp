#pragma once

#include "nn/core/tensor.hpp"
#include "nn/modules/parameter.hpp"
#include "nn/ops/windows.hpp"

/// Convolution's products where each group is one channel: output o sees channel o / outputs, with
/// `outputs` of them for each channel. Images have their padding. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// z for x, with W (window, chan_out). bias may be null.
void depthwise(const Tensor& x, const Tensor& w, const Tensor* bias, const Windows& windows,
               Tensor& z);
/// dx by delta.
void depthwise_backward(const Tensor& delta, const Tensor& w, const Windows& windows, Tensor& dx);
/// Adds dL/dW and dL/db, as Convolution::add_gradients.
void depthwise_gradients(const Tensor& x, const Tensor& delta, const Windows& windows,
                         Parameter& weight, Parameter* bias);

}}}  // namespace nn::NN_PRECISION::detail
