#include "nn/modules/relu.hpp"

#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION {

Tensor ReLU::forward(const Tensor& x) { return z_ = predict(x); }

Tensor ReLU::predict(const Tensor& x) const { return relu(x); }

Tensor ReLU::backward_delta(const Tensor&, const Tensor& delta) {
  check_delta(delta, z_.shape());
  return relu_backward(delta, z_);  // dL/dx = dL/dz where z > 0, else 0
}

}  // namespace nn::inline NN_PRECISION
