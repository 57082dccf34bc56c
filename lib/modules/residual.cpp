#include "nn/modules/residual.hpp"

#include "modules/error_context.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

template <class F>
auto in_inner(F&& f) {
  return detail::with_context([] { return "Residual, inner: "; }, f);
}

}  // namespace

Tensor Residual::forward(const Tensor& x) {
  output_shape(x.shape());  // a wrong shape must not reach the inner network
  return x + inner_.forward(x);
}

Tensor Residual::predict(const Tensor& x) const {
  output_shape(x.shape());
  return x + inner_.predict(x);
}

void Residual::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  in_inner([&] { inner_.backward_update_gradient(x, delta); });
}

// dL/dx = dL/dz + the inner network's
Tensor Residual::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  return delta + in_inner([&] { return inner_.backward_delta(x, delta); });
}

Tensor Residual::backward(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  return delta + in_inner([&] { return inner_.backward(x, delta); });
}

Shape Residual::output_shape(const Shape& input) const {
  const Shape inner = in_inner([&] { return inner_.output_shape(input); });
  if (inner != input) reject("an inner network that keeps " + input.to_string(), inner);
  return input;
}

}}  // namespace nn::NN_PRECISION
