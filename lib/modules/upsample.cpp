#include "nn/modules/upsample.hpp"

#include "nn/core/error.hpp"
#include "nn/modules/options.hpp"

namespace nn { inline namespace NN_PRECISION {

Upsample::Upsample(Index factor, Interpolation interpolation)
    : factor_(factor), interpolation_(interpolation) {
  if (factor < 1 || factor > 65536)
    throw ShapeError(describe() + ": expected a factor from 1 to 65536");
}

Tensor Upsample::predict(const Tensor& x) const {
  const Shape shape = output_shape(x.shape());
  if (x.rank() == 3) return upsample(x, factor_, interpolation_);
  const Index batch = shape[0], height = shape[1], width = x.size(2), channels = shape[3];
  const Tensor tall =
      upsample(x.reshape({batch, x.size(1), width * channels}), factor_, interpolation_);
  return upsample(tall.reshape({batch * height, width, channels}), factor_, interpolation_)
      .reshape(shape);
}

Tensor Upsample::backward_delta(const Tensor& x, const Tensor& delta) {
  const Shape shape = output_shape(x.shape());
  check_delta(delta, shape);
  // dL/dx = the sum of dL/dz times the weight that x had in z
  if (x.rank() == 3) return upsample_backward(delta, factor_, interpolation_);
  const Index batch = shape[0], height = shape[1], width = shape[2], channels = shape[3];
  const Tensor tall =
      upsample_backward(delta.reshape({batch * height, width, channels}), factor_, interpolation_);
  return upsample_backward(tall.reshape({batch, height, x.size(2) * channels}), factor_,
                           interpolation_)
      .reshape(x.shape());
}

Shape Upsample::output_shape(const Shape& input) const {
  if (input.rank() == 3) return {input[0], input[1] * factor_, input[2]};
  if (input.rank() == 4) return {input[0], input[1] * factor_, input[2] * factor_, input[3]};
  reject("(batch, length, channels) or (batch, height, width, channels)", input);
}

Options Upsample::options() const {
  return {{"factor", factor_}, {"linear", interpolation_ == Interpolation::linear, false}};
}

}}  // namespace nn::NN_PRECISION
