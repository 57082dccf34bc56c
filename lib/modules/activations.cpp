#include <algorithm>
#include <cmath>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/options.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

using kernels::kElementGrain, kernels::kFunctionGrain;

void Elementwise::predict_into(const Tensor& x, Tensor& z) const {
  const bool same = &x == &z;
  if ((!same && z.shape() != x.shape()) || !z.is_contiguous()) check_result(x, z);
  if (same || x.is_contiguous())
    apply(x.numel(), x.data(), z.data());
  else
    apply(x.numel(), x.clone().data(), z.data());
}

Tensor ElementwiseByResult::forward(const Tensor& x) {
  z_ = predict(x);
  x_ = x;
  return z_;
}

Tensor ElementwiseByResult::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  check_delta(delta, z_.shape());
  return delta_by(delta, z_);
}

void TanH::apply(Index n, const Scalar* x, Scalar* z) const {
  kernels::in_parallel(n, kFunctionGrain, kernels::active().tanh, x, z);
}

Tensor TanH::delta_by(const Tensor& delta, const Tensor& z) const {
  return tanh_backward(delta, z);  // dL/dx = dL/dz (1 - z^2)
}

void Sigmoid::apply(Index n, const Scalar* x, Scalar* z) const {
  kernels::in_parallel(n, kFunctionGrain, kernels::active().sigmoid, x, z);
}

Tensor Sigmoid::delta_by(const Tensor& delta, const Tensor& z) const {
  return sigmoid_backward(delta, z);  // dL/dx = dL/dz z (1 - z)
}

void ReLU::apply(Index n, const Scalar* x, Scalar* z) const {
  kernels::in_parallel(n, kElementGrain, kernels::active().relu, x, z);
}

Tensor ReLU::delta_by(const Tensor& delta, const Tensor& z) const {
  return relu_backward(delta, z);  // dL/dx = dL/dz where z > 0, else 0
}

LeakyReLU::LeakyReLU(double slope) : slope_(static_cast<Scalar>(slope)) {
  if (!std::isfinite(slope_)) throw ArgumentError(describe() + ": expected a finite slope");
}

void LeakyReLU::apply(Index n, const Scalar* x, Scalar* z) const {
  for (Index i = 0; i < n; ++i) z[i] = x[i] > 0 ? x[i] : slope_ * x[i];
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

/// e^x - 1 = 2 t / (1 - t) with t = tanh(x / 2), a few elements at a time.
void ELU::apply(Index n, const Scalar* x, Scalar* z) const {
  constexpr Index some = 256;
  Scalar t[some];
  for (; n > 0; n -= some, x += some, z += some) {
    const Index count = std::min(n, some);
    for (Index i = 0; i < count; ++i) t[i] = x[i] / 2;
    kernels::active().tanh(count, t, t);
    for (Index i = 0; i < count; ++i) z[i] = x[i] > 0 ? x[i] : alpha_ * (2 * t[i] / (1 - t[i]));
  }
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
