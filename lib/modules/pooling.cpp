#include "nn/modules/pooling.hpp"

#include "nn/core/error.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/pool.hpp"

namespace nn { inline namespace NN_PRECISION {

Tensor Pooling::as_images(const Tensor& x) const {
  if (over_ == Over::images) return x;
  return x.reshape({x.size(0), 1, x.size(1), x.size(2)});
}

Shape Pooling::output_shape(const Shape& input) const {
  const Size2 least = windows_.smallest();
  if (over_ == Over::signals) {
    if (input.rank() != 3 || input[1] < least.width)
      reject("(batch, length >= " + std::to_string(least.width) + ", channels)", input);
    return {input[0], windows_.count({1, input[1]}).width, input[2]};
  }
  if (input.rank() != 4 || input[1] < least.height || input[2] < least.width)
    reject("(batch, height >= " + std::to_string(least.height) +
               ", width >= " + std::to_string(least.width) + ", channels)",
           input);
  const Size2 count = windows_.count({input[1], input[2]});
  return {input[0], count.height, count.width, input[3]};
}

Options Pooling::options() const {
  const Windows& w = windows_;
  if (over_ == Over::signals)
    return {{"k_size", w.size.width},
            {"stride", w.stride.width, w.size.width},
            {"ceil_mode", w.ceil_mode, false}};
  return {{"k_size", w.size},
          {"stride", w.stride, w.size},
          {"padding", w.padding, Size2(0)},
          {"ceil_mode", w.ceil_mode, false}};
}

Tensor MaxPooling::forward(const Tensor& x) {
  const Shape shape = output_shape(x.shape());
  Tensor z = max_pool(as_images(x), windows_, places_).reshape(shape);
  x_ = x;
  return z;
}

void MaxPooling::predict_into(const Tensor& x, Tensor& z) const {
  check_result(x, z);
  Tensor images = as_images(z);
  max_pool_into(as_images(x), windows_, images);
}

Tensor MaxPooling::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  check_delta(delta, output_shape(x.shape()));
  // dL/dx = dL/dz at the maximum, else 0, summed over the windows
  return max_pool_backward(as_images(delta), windows_, as_images(x).shape(), places_)
      .reshape(x.shape());
}

void AvgPooling::predict_into(const Tensor& x, Tensor& z) const {
  check_result(x, z);
  Tensor images = as_images(z);
  avg_pool_into(as_images(x), windows_, images);
}

Tensor AvgPooling::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  // dL/dx = sum over the windows of dL/dz / elements
  return avg_pool_backward(as_images(delta), windows_, as_images(x).shape()).reshape(x.shape());
}

namespace {

Windows along_signal(Index k_size, Index stride, bool ceil_mode) {
  return {.size = {1, k_size}, .stride = {1, stride}, .padding = 0, .ceil_mode = ceil_mode};
}
Windows on_image(Size2 k_size, Size2 stride, Size2 padding, bool ceil_mode) {
  return {.size = k_size, .stride = stride, .padding = padding, .ceil_mode = ceil_mode};
}

}  // namespace

MaxPool1D::MaxPool1D(Index k_size, Index stride, bool ceil_mode)
    : MaxPooling(Over::signals, along_signal(k_size, stride, ceil_mode)) {
  windows_.check_max_pool(describe());
}

MaxPool2D::MaxPool2D(Size2 k_size, Size2 stride, Size2 padding, bool ceil_mode)
    : MaxPooling(Over::images, on_image(k_size, stride, padding, ceil_mode)) {
  windows_.check_max_pool(describe());
}

AvgPool1D::AvgPool1D(Index k_size, Index stride, bool ceil_mode)
    : AvgPooling(Over::signals, along_signal(k_size, stride, ceil_mode)) {
  windows_.check_pool(describe());
}

AvgPool2D::AvgPool2D(Size2 k_size, Size2 stride, Size2 padding, bool ceil_mode)
    : AvgPooling(Over::images, on_image(k_size, stride, padding, ceil_mode)) {
  windows_.check_pool(describe());
}

}}  // namespace nn::NN_PRECISION
