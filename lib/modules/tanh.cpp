#include "nn/modules/tanh.hpp"

#include "nn/ops/elementwise.hpp"
#include "nn/ops/map.hpp"

namespace nn::inline NN_PRECISION {

Tensor TanH::forward(const Tensor& x) { return z_ = predict(x); }

Tensor TanH::predict(const Tensor& x) const { return tanh(x); }

Tensor TanH::backward_delta(const Tensor&, const Tensor& delta) {
  check_delta(delta, z_.shape());
  // dL/dx = dL/dz (1 - z^2)
  return zip(delta, z_, [](Scalar d, Scalar z) { return d * (1 - z * z); });
}

}  // namespace nn::inline NN_PRECISION
