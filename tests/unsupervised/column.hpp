#pragma once

#include <vector>

#include "nn/core/tensor.hpp"

namespace nn::test {

/// Samples of one feature: (n, 1).
inline Tensor column(const std::vector<Scalar>& values) {
  return Tensor::from({static_cast<Index>(values.size()), 1}, values);
}

}  // namespace nn::test
