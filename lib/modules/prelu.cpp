#include "nn/modules/prelu.hpp"

#include "nn/core/error.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {

PReLU::PReLU(Index parameters) : parameters_(parameters) {
  if (parameters < 1) throw ShapeError(describe() + ": expected at least one parameter");
  slope_ = make_parameter(ParameterKind::slope, {parameters}, 1, 1);
  slope_->value.fill(Scalar{0.25});
}

void PReLU::predict_into(const Tensor& x, Tensor& z) const {
  check_result(x, z);
  const Tensor from = x.contiguous(), slope = slope_->value.contiguous();
  const Scalar *v = from.data(), *a = slope.data();
  for (Index i = 0, channel = 0; i < x.numel(); ++i) {
    z.data()[i] = v[i] > 0 ? v[i] : a[channel] * v[i];
    if (++channel == parameters_) channel = 0;
  }
}

void PReLU::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  // dL/da += sum over all but the channels of dL/dz x, where x <= 0
  const Tensor terms = zip(delta, x, [](Scalar d, Scalar v) { return v > 0 ? 0 : d * v; });
  column_sums(1, terms.reshape({x.numel() / parameters_, parameters_}), 1, slope_->grad);
}

Tensor PReLU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  // dL/dx = dL/dz where x > 0, else dL/dz a
  const Tensor slope =
      zip(x, slope_->value, [](Scalar v, Scalar a) { return v > 0 ? Scalar{1} : a; });
  return delta * slope;
}

Shape PReLU::output_shape(const Shape& input) const {
  check_usable();
  const bool fits = input.rank() >= 2 && input[input.rank() - 1] == parameters_;
  if (parameters_ > 1 && !fits) reject("(batch, ..., " + std::to_string(parameters_) + ")", input);
  return input;
}

Options PReLU::options() const { return {{"parameters", parameters_, Index{1}}}; }

}}  // namespace nn::NN_PRECISION
