#pragma once

#include "kernels/kernels.hpp"
#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// g / (sqrt(v) + epsilon), of two tensors of one shape: the direction of RMSProp and Adagrad, as a
/// new tensor. Private to lib/.
inline Tensor over_root(const Tensor& g, const Tensor& v, Scalar epsilon) {
  Tensor y(g.shape());
  auto kernel = [epsilon](Index n, const Scalar* a, const Scalar* b, Scalar* c) {
    kernels::active().over_root(n, epsilon, a, b, c);
  };
  kernels::in_parallel(y.numel(), kernels::kElementGrain, kernel, g.contiguous().data(),
                       v.contiguous().data(), y.data());
  return y;
}

}}}  // namespace nn::NN_PRECISION::detail
