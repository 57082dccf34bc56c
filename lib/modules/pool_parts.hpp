#pragma once

#include "nn/core/tensor.hpp"

/// What the pooling layers share.
namespace nn::inline NN_PRECISION::detail {

/// Signals (batch, length, channels) as images of height 1.
inline Tensor as_images(const Tensor& signals) {
  return signals.reshape({signals.size(0), 1, signals.size(1), signals.size(2)});
}

}  // namespace nn::inline NN_PRECISION::detail
