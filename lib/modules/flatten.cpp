#include "nn/modules/flatten.hpp"

namespace nn::inline NN_PRECISION {

Tensor Flatten::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  return delta.reshape(x.shape());  // dL/dx is dL/dz in x's shape
}

Shape Flatten::output_shape(const Shape& input) const {
  if (input.rank() < 1) reject("(batch, ...)", input);
  Index rest = 1;
  for (int dim = 1; dim < input.rank(); ++dim) rest *= input[dim];
  return {input[0], rest};
}

}  // namespace nn::inline NN_PRECISION
