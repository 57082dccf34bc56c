#include "nn/ops/activations.hpp"

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using kernels::Bend;

/// kernel(count, x, y) on parts of the elements, from several threads.
template <class Kernel>
Tensor apply(Kernel kernel, const Tensor& x) {
  Tensor y(x.shape());
  const Tensor from = x.contiguous();
  kernels::in_parallel(x.numel(), kernels::kFunctionGrain, kernel, from.data(), y.data());
  return y;
}

/// kernel(count, delta, x, dx) likewise.
template <class Kernel>
Tensor apply_backward(const char* name, Kernel kernel, const Tensor& delta, const Tensor& x) {
  if (delta.shape() != x.shape())
    throw ShapeError(std::string(name) + ": delta " + delta.shape().to_string() + " for x " +
                     x.shape().to_string());
  Tensor dx(x.shape());
  const Tensor d = delta.contiguous(), from = x.contiguous();
  kernels::in_parallel(x.numel(), kernels::kFunctionGrain, kernel, d.data(), from.data(),
                       dx.data());
  return dx;
}

}  // namespace

Tensor gelu(const Tensor& x) { return apply(kernels::active().gelu, x); }
Tensor gelu_tanh(const Tensor& x) { return apply(kernels::active().gelu_tanh, x); }
Tensor silu(const Tensor& x) { return apply(kernels::active().silu, x); }

Tensor softplus(const Tensor& x, Scalar beta, Scalar threshold) {
  return apply(
      [bend = Bend{beta, threshold}](Index n, const Scalar* from, Scalar* y) {
        kernels::active().softplus(n, bend, from, y);
      },
      x);
}

Tensor gelu_backward(const Tensor& delta, const Tensor& x) {
  return apply_backward("gelu_backward", kernels::active().gelu_backward, delta, x);
}
Tensor gelu_tanh_backward(const Tensor& delta, const Tensor& x) {
  return apply_backward("gelu_tanh_backward", kernels::active().gelu_tanh_backward, delta, x);
}
Tensor silu_backward(const Tensor& delta, const Tensor& x) {
  return apply_backward("silu_backward", kernels::active().silu_backward, delta, x);
}

Tensor softplus_backward(const Tensor& delta, const Tensor& x, Scalar beta, Scalar threshold) {
  auto kernel = [bend = Bend{beta, threshold}](Index n, const Scalar* d, const Scalar* from,
                                               Scalar* dx) {
    kernels::active().softplus_backward(n, bend, d, from, dx);
  };
  return apply_backward("softplus_backward", kernel, delta, x);
}

}}  // namespace nn::NN_PRECISION
