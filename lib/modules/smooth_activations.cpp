#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/gelu.hpp"
#include "nn/modules/options.hpp"
#include "nn/modules/silu.hpp"
#include "nn/modules/softplus.hpp"
#include "nn/ops/activations.hpp"

namespace nn { inline namespace NN_PRECISION {

Tensor GELU::predict(const Tensor& x) const {
  return approximate_ == Approximate::tanh ? gelu_tanh(x) : gelu(x);
}

Tensor GELU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  // dL/dx = dL/dz (Phi(x) + x Phi'(x))
  return approximate_ == Approximate::tanh ? gelu_tanh_backward(delta, x) : gelu_backward(delta, x);
}

Options GELU::options() const { return {{"tanh", approximate_ == Approximate::tanh, false}}; }

Tensor SiLU::predict(const Tensor& x) const { return silu(x); }

Tensor SiLU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  return silu_backward(delta, x);  // dL/dx = dL/dz s (1 + x (1 - s)), s = sigmoid(x)
}

Softplus::Softplus(double beta, double threshold)
    : beta_(static_cast<Scalar>(beta)), threshold_(static_cast<Scalar>(threshold)) {
  if (!(beta_ > 0) || !std::isfinite(beta_) || !std::isfinite(threshold_))
    throw ArgumentError(describe() + ": expected a finite beta above 0 and a finite threshold");
}

Tensor Softplus::predict(const Tensor& x) const { return softplus(x, beta_, threshold_); }

Tensor Softplus::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  // dL/dx = dL/dz sigmoid(beta x), or dL/dz above the threshold
  return softplus_backward(delta, x, beta_, threshold_);
}

Options Softplus::options() const {
  return {{"beta", beta_, Scalar{1}}, {"threshold", threshold_, Scalar{20}}};
}

}}  // namespace nn::NN_PRECISION
