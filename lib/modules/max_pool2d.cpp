#include "nn/modules/max_pool2d.hpp"

#include "modules/pool_parts.hpp"

namespace nn::inline NN_PRECISION {

MaxPool2D::MaxPool2D(Size2 k_size, Size2 stride, Size2 padding)
    : windows_{k_size, stride, padding} {
  windows_.check_max_pool(describe());
}

Tensor MaxPool2D::forward(const Tensor& x) {
  output_shape(x.shape());
  input_ = x.shape();
  return max_pool(x, windows_, places_);
}

Tensor MaxPool2D::predict(const Tensor& x) const {
  output_shape(x.shape());
  return max_pool(x, windows_);
}

Tensor MaxPool2D::backward_delta(const Tensor& x, const Tensor& delta) {
  if (x.shape() != input_) reject("the last forward's x, " + input_.to_string(), x.shape());
  check_delta(delta, output_shape(x.shape()));
  // dL/dx = dL/dz at the maximum, else 0, summed over the windows
  return max_pool_backward(delta, windows_, x.shape(), places_);
}

Shape MaxPool2D::output_shape(const Shape& input) const {
  const Size2 least = windows_.smallest();
  if (input.rank() != 4 || input[1] < least.height || input[2] < least.width)
    reject("(batch, height >= " + std::to_string(least.height) +
               ", width >= " + std::to_string(least.width) + ", channels)",
           input);
  const Size2 count = windows_.count({input[1], input[2]});
  return {input[0], count.height, count.width, input[3]};
}

std::string MaxPool2D::describe() const {
  return "MaxPool2D(" + windows_.describe(windows_.size) + ")";
}

}  // namespace nn::inline NN_PRECISION
