#include "nn/modules/reshape.hpp"

#include "nn/modules/flatten.hpp"
#include "nn/modules/options.hpp"

namespace nn { inline namespace NN_PRECISION {

Tensor Reshape::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  return delta.reshape(x.shape());  // dL/dx is dL/dz in x's shape
}

Shape Reshape::output_shape(const Shape& input) const {
  if (input.rank() < 1 || input.example_numel() != example_.numel())
    reject("(batch, ...) with " + std::to_string(example_.numel()) + " elements in each example",
           input);
  return example_.inserted(0, input[0]);
}

Options Reshape::options() const { return {{"shape", example_}}; }

Tensor Flatten::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  return delta.reshape(x.shape());  // dL/dx is dL/dz in x's shape
}

Shape Flatten::output_shape(const Shape& input) const {
  if (input.rank() < 1) reject("(batch, ...)", input);
  return {input[0], input.example_numel()};
}

}}  // namespace nn::NN_PRECISION
