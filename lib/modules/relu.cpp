#include "nn/modules/relu.hpp"

#include "nn/ops/map.hpp"

namespace nn::inline NN_PRECISION {

Tensor ReLU::forward(const Tensor& x) { return z_ = predict(x); }

Tensor ReLU::predict(const Tensor& x) const {
  return map(x, [](Scalar v) { return v < 0 ? 0 : v; });
}

Tensor ReLU::backward_delta(const Tensor&, const Tensor& delta) {
  check_delta(delta, z_.shape());
  // dL/dx = dL/dz where z > 0, else 0
  return zip(delta, z_, [](Scalar d, Scalar z) { return z > 0 ? d : 0; });
}

}  // namespace nn::inline NN_PRECISION
