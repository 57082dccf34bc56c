#include "nn/modules/sigmoid.hpp"

#include "nn/ops/elementwise.hpp"
#include "nn/ops/map.hpp"

namespace nn::inline NN_PRECISION {

Tensor Sigmoid::forward(const Tensor& x) { return z_ = predict(x); }

Tensor Sigmoid::predict(const Tensor& x) const { return sigmoid(x); }

Tensor Sigmoid::backward_delta(const Tensor&, const Tensor& delta) {
  check_delta(delta, z_.shape());
  // dL/dx = dL/dz z (1 - z)
  return zip(delta, z_, [](Scalar d, Scalar z) { return d * (z * (1 - z)); });
}

}  // namespace nn::inline NN_PRECISION
