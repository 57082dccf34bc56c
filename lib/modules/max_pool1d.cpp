#include "nn/modules/max_pool1d.hpp"

#include "modules/pool_parts.hpp"

namespace nn::inline NN_PRECISION {

MaxPool1D::MaxPool1D(Index k_size, Index stride) : windows_{{1, k_size}, {1, stride}, 0} {
  windows_.check_max_pool(describe());
}

Tensor MaxPool1D::forward(const Tensor& x) {
  const Shape shape = output_shape(x.shape());
  input_ = x.shape();
  return max_pool(detail::as_images(x), windows_, places_).reshape(shape);
}

Tensor MaxPool1D::predict(const Tensor& x) const {
  const Shape shape = output_shape(x.shape());
  return max_pool(detail::as_images(x), windows_).reshape(shape);
}

Tensor MaxPool1D::backward_delta(const Tensor& x, const Tensor& delta) {
  if (x.shape() != input_) reject("the last forward's x, " + input_.to_string(), x.shape());
  check_delta(delta, output_shape(x.shape()));
  // dL/dx = dL/dz at the maximum, else 0, summed over the windows
  return max_pool_backward(detail::as_images(delta), windows_, detail::as_images(x).shape(),
                           places_)
      .reshape(x.shape());
}

Shape MaxPool1D::output_shape(const Shape& input) const {
  const Index k_size = windows_.size.width;
  if (input.rank() != 3 || input[1] < k_size)
    reject("(batch, length >= " + std::to_string(k_size) + ", channels)", input);
  return {input[0], windows_.count({1, input[1]}).width, input[2]};
}

std::string MaxPool1D::describe() const {
  const Index k_size = windows_.size.width, stride = windows_.stride.width;
  return "MaxPool1D(" + std::to_string(k_size) +
         (stride == k_size ? ")" : ", stride " + std::to_string(stride) + ")");
}

}  // namespace nn::inline NN_PRECISION
