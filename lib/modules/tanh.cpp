#include "nn/modules/tanh.hpp"

#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION {

Tensor TanH::forward(const Tensor& x) { return z_ = predict(x); }

Tensor TanH::predict(const Tensor& x) const { return tanh(x); }

Tensor TanH::backward_delta(const Tensor&, const Tensor& delta) {
  check_delta(delta, z_.shape());
  return tanh_backward(delta, z_);  // dL/dx = dL/dz (1 - z^2)
}

}  // namespace nn::inline NN_PRECISION
