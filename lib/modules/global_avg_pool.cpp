#include "nn/modules/global_avg_pool.hpp"

#include "nn/ops/pool.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// x as images of height 1.
Shape as_images(const Shape& x) {
  Index pixels = 1;
  for (int dim = 1; dim < x.rank() - 1; ++dim) pixels *= x[dim];
  return {x[0], 1, pixels, x[x.rank() - 1]};
}

/// One window: all of the image.
Windows whole(const Shape& images) { return {{1, images[2]}, {1, images[2]}, 0}; }

}  // namespace

void GlobalAvgPool::predict_into(const Tensor& x, Tensor& z) const {
  check_result(x, z);
  const Shape images = as_images(x.shape());
  Tensor means = z.reshape({images[0], 1, 1, images[3]});
  avg_pool_into(x.reshape(images), whole(images), means);
}

Tensor GlobalAvgPool::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  const Shape images = as_images(x.shape());
  // dL/dx = dL/dz / pixels
  const Tensor d = delta.reshape({images[0], 1, 1, images[3]});
  return avg_pool_backward(d, whole(images), images).reshape(x.shape());
}

Shape GlobalAvgPool::output_shape(const Shape& input) const {
  if (input.rank() < 3 || as_images(input)[2] < 1)
    reject("(batch, ..., channels) with sizes of at least 1 between", input);
  return {input[0], input[input.rank() - 1]};
}

}}  // namespace nn::NN_PRECISION
