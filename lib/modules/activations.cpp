#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/options.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

Tensor TanH::forward(const Tensor& x) {
  z_ = predict(x);
  x_ = x;
  return z_;
}

Tensor TanH::predict(const Tensor& x) const { return tanh(x); }

Tensor TanH::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  check_delta(delta, z_.shape());
  return tanh_backward(delta, z_);  // dL/dx = dL/dz (1 - z^2)
}

Tensor Sigmoid::forward(const Tensor& x) {
  z_ = predict(x);
  x_ = x;
  return z_;
}

Tensor Sigmoid::predict(const Tensor& x) const { return sigmoid(x); }

Tensor Sigmoid::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  check_delta(delta, z_.shape());
  return sigmoid_backward(delta, z_);  // dL/dx = dL/dz z (1 - z)
}

Tensor ReLU::forward(const Tensor& x) {
  z_ = predict(x);
  x_ = x;
  return z_;
}

Tensor ReLU::predict(const Tensor& x) const { return relu(x); }

Tensor ReLU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  check_delta(delta, z_.shape());
  return relu_backward(delta, z_);  // dL/dx = dL/dz where z > 0, else 0
}

LeakyReLU::LeakyReLU(double slope) : slope_(static_cast<Scalar>(slope)) {
  if (!std::isfinite(slope_)) throw ArgumentError(describe() + ": expected a finite slope");
}

Tensor LeakyReLU::predict(const Tensor& x) const {
  return map(x, [slope = slope_](Scalar v) { return v > 0 ? v : slope * v; });
}

Tensor LeakyReLU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  // dL/dx = dL/dz where x > 0, else slope dL/dz
  return zip(delta, x, [slope = slope_](Scalar d, Scalar v) { return v > 0 ? d : slope * d; });
}

Options LeakyReLU::options() const { return {{"slope", slope_}}; }

ELU::ELU(double alpha) : alpha_(static_cast<Scalar>(alpha)) {
  if (!std::isfinite(alpha_)) throw ArgumentError(describe() + ": expected a finite alpha");
}

Tensor ELU::predict(const Tensor& x) const {
  return zip(x, tanh(x / 2), [alpha = alpha_](Scalar v, Scalar t) {
    return v > 0 ? v : alpha * (2 * t / (1 - t));
  });
}

Tensor ELU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  // dL/dx = dL/dz where x > 0, else dL/dz alpha e^x
  Tensor slope = zip(
      x, exp(x), [alpha = alpha_](Scalar v, Scalar e) { return v > 0 ? Scalar{1} : alpha * e; });
  return delta * slope;
}

Options ELU::options() const { return {{"alpha", alpha_}}; }

}}  // namespace nn::NN_PRECISION
