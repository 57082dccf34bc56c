#include "nn/modules/sigmoid.hpp"

#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION {

Tensor Sigmoid::forward(const Tensor& x) { return z_ = predict(x); }

Tensor Sigmoid::predict(const Tensor& x) const { return sigmoid(x); }

Tensor Sigmoid::backward_delta(const Tensor&, const Tensor& delta) {
  check_delta(delta, z_.shape());
  return sigmoid_backward(delta, z_);  // dL/dx = dL/dz z (1 - z)
}

}  // namespace nn::inline NN_PRECISION
