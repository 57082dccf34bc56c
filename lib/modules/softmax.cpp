#include "nn/modules/softmax.hpp"

#include "nn/modules/log_softmax.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/ops/softmax.hpp"

namespace nn { inline namespace NN_PRECISION {

Tensor Softmax::forward(const Tensor& x) {
  z_ = predict(x);
  x_ = x;
  return z_;
}

void Softmax::predict_into(const Tensor& x, Tensor& z) const { softmax_into(x, z); }

Tensor Softmax::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  check_delta(delta, z_.shape());
  // dL/dx_j = z_j (dL/dz_j - sum_k z_k dL/dz_k)
  return softmax_backward(delta, z_);
}

Shape Softmax::output_shape(const Shape& input) const {
  if (input.rank() < 1) reject("at least one dimension", input);
  return input;
}

Tensor LogSoftmax::forward(const Tensor& x) {
  z_ = predict(x);
  x_ = x;
  return z_;
}

void LogSoftmax::predict_into(const Tensor& x, Tensor& z) const { log_softmax_into(x, z); }

Tensor LogSoftmax::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  check_delta(delta, z_.shape());
  // dL/dx_j = dL/dz_j - e^{z_j} sum_k dL/dz_k
  int last = z_.rank() - 1;
  Tensor total = sum(delta, last);
  return delta - exp(z_) * total.reshape(z_.shape().with(last, 1));
}

Shape LogSoftmax::output_shape(const Shape& input) const {
  if (input.rank() < 1) reject("at least one dimension", input);
  return input;
}

}}  // namespace nn::NN_PRECISION
