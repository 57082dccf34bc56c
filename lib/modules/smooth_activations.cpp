#include <cmath>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/gelu.hpp"
#include "nn/modules/options.hpp"
#include "nn/modules/silu.hpp"
#include "nn/modules/softplus.hpp"
#include "nn/ops/activations.hpp"

namespace nn { inline namespace NN_PRECISION {

void GELU::apply(Index n, const Scalar* x, Scalar* z) const {
  const kernels::Table& table = kernels::active();
  kernels::in_parallel(n, kernels::kFunctionGrain,
                       approximate_ == Approximate::tanh ? table.gelu_tanh : table.gelu, x, z);
}

Tensor GELU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  // dL/dx = dL/dz (Phi(x) + x Phi'(x))
  return approximate_ == Approximate::tanh ? gelu_tanh_backward(delta, x) : gelu_backward(delta, x);
}

Options GELU::options() const { return {{"tanh", approximate_ == Approximate::tanh, false}}; }

void SiLU::apply(Index n, const Scalar* x, Scalar* z) const {
  kernels::in_parallel(n, kernels::kFunctionGrain, kernels::active().silu, x, z);
}

Tensor SiLU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  return silu_backward(delta, x);  // dL/dx = dL/dz s (1 + x (1 - s)), s = sigmoid(x)
}

Softplus::Softplus(double beta, double threshold)
    : beta_(static_cast<Scalar>(beta)), threshold_(static_cast<Scalar>(threshold)) {
  if (!(beta_ > 0) || !std::isfinite(beta_) || !std::isfinite(threshold_))
    throw ArgumentError(describe() + ": expected a finite beta above 0 and a finite threshold");
}

void Softplus::apply(Index n, const Scalar* x, Scalar* z) const {
  auto kernel = [bend = kernels::Bend{beta_, threshold_}](Index count, const Scalar* from,
                                                          Scalar* to) {
    kernels::active().softplus(count, bend, from, to);
  };
  kernels::in_parallel(n, kernels::kFunctionGrain, kernel, x, z);
}

Tensor Softplus::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  // dL/dx = dL/dz sigmoid(beta x), or dL/dz above the threshold
  return softplus_backward(delta, x, beta_, threshold_);
}

Options Softplus::options() const {
  return {{"beta", beta_, Scalar{1}}, {"threshold", threshold_, Scalar{20}}};
}

}}  // namespace nn::NN_PRECISION
