#include "nn/modules/avg_pool1d.hpp"

#include "modules/pool_parts.hpp"
#include "nn/ops/pool.hpp"

namespace nn::inline NN_PRECISION {

AvgPool1D::AvgPool1D(Index k_size, Index stride) : windows_{{1, k_size}, {1, stride}, 0} {
  windows_.check_pool(describe());
}

Tensor AvgPool1D::predict(const Tensor& x) const {
  const Shape shape = output_shape(x.shape());
  return avg_pool(detail::as_images(x), windows_).reshape(shape);
}

Tensor AvgPool1D::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  // dL/dx = sum over the windows of dL/dz / elements
  return avg_pool_backward(detail::as_images(delta), windows_, detail::as_images(x).shape())
      .reshape(x.shape());
}

Shape AvgPool1D::output_shape(const Shape& input) const {
  const Index k_size = windows_.size.width;
  if (input.rank() != 3 || input[1] < k_size)
    reject("(batch, length >= " + std::to_string(k_size) + ", channels)", input);
  return {input[0], windows_.count({1, input[1]}).width, input[2]};
}

std::string AvgPool1D::describe() const {
  const Index k_size = windows_.size.width, stride = windows_.stride.width;
  return "AvgPool1D(" + std::to_string(k_size) +
         (stride == k_size ? ")" : ", stride " + std::to_string(stride) + ")");
}

}  // namespace nn::inline NN_PRECISION
