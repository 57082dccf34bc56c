#include "nn/modules/avg_pool2d.hpp"

#include "modules/pool_parts.hpp"
#include "nn/ops/pool.hpp"

namespace nn::inline NN_PRECISION {

AvgPool2D::AvgPool2D(Size2 k_size, Size2 stride, Size2 padding)
    : windows_{k_size, stride, padding} {
  windows_.check_pool(describe());
}

Tensor AvgPool2D::predict(const Tensor& x) const {
  output_shape(x.shape());
  return avg_pool(x, windows_);
}

Tensor AvgPool2D::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  // dL/dx = sum over the windows of dL/dz / elements
  return avg_pool_backward(delta, windows_, x.shape());
}

Shape AvgPool2D::output_shape(const Shape& input) const {
  const Size2 least = windows_.smallest();
  if (input.rank() != 4 || input[1] < least.height || input[2] < least.width)
    reject("(batch, height >= " + std::to_string(least.height) +
               ", width >= " + std::to_string(least.width) + ", channels)",
           input);
  const Size2 count = windows_.count({input[1], input[2]});
  return {input[0], count.height, count.width, input[3]};
}

std::string AvgPool2D::describe() const {
  return "AvgPool2D(" + windows_.describe(windows_.size) + ")";
}

}  // namespace nn::inline NN_PRECISION
