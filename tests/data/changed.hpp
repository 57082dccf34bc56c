#pragma once

#include "nn/data/augment.hpp"

namespace nn::test {

/// The images of a batch, augmented.
inline Tensor changed(const Tensor& x, const Augmentation& options, const RandomKey& key = {}) {
  return augment({x, Tensor::zeros({x.size(0)})}, options, key).x;
}

}  // namespace nn::test
