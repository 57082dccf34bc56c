#include "nn/modules/linear.hpp"

#include "nn/core/error.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {

Linear::Linear(Index in, Index out, bool bias) : in_(in), out_(out) {
  if (in < 1 || out < 1)
    throw ShapeError("Linear(" + std::to_string(in) + ", " + std::to_string(out) +
                     "): sizes must be at least 1");
  weight_ = make_parameter(ParameterKind::weight, {in, out}, in, out);
  if (bias) bias_ = make_parameter(ParameterKind::bias, {out}, in, out);
  initialize_by_default(*this, {in, out});
}

void Linear::predict_into(const Tensor& x, Tensor& z) const {
  check_usable();
  gemm(1, x, weight_->value, 0, z, bias_ ? &bias_->value : nullptr);  // z = x W + b
}

void Linear::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  gemm(1, x.transpose(), delta, 1, weight_->grad);   // dL/dW += x^T dL/dz
  if (bias_) column_sums(1, delta, 1, bias_->grad);  // dL/db += sum over the batch of dL/dz
}

Tensor Linear::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  Tensor dx(x.shape());
  gemm(1, delta, weight_->value.transpose(), 0, dx);  // dL/dx = dL/dz W^T
  return dx;
}

Shape Linear::output_shape(const Shape& input) const {
  check_usable();
  if (input.rank() == 2 && input[1] == in_) return {input[0], out_};
  const std::string wanted = "(batch, " + std::to_string(in_) + ")";
  if (input.rank() == 3 && input[2] == in_)
    reject(wanted, input, "for each step of a sequence take Conv1D(1, in, out)");
  if (input.rank() > 2 && input.example_numel() == in_)
    reject(wanted, input, "a Flatten before it makes rows");
  reject(wanted, input);
}

void Linear::visit(Visitor& visitor) {
  visitor.parameter(weight_);
  visitor.parameter(bias_);
}

Options Linear::options() const {
  return {{"in", in_}, {"out", out_}, {"bias", bias_ != nullptr, true}};
}

}}  // namespace nn::NN_PRECISION
