#include "nn/modules/tied_linear.hpp"

#include "nn/core/error.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {

TiedLinear::TiedLinear(const Linear& encoder)
    : in_(encoder.out()), out_(encoder.in()), weight_(encoder.weight()) {
  if (!weight_) throw ArgumentError(describe() + ": the encoder was moved from");
  bias_ = make_parameter(ParameterKind::bias, {out_}, in_, out_);
  initialize_by_default(*bias_, kind(), {in_, out_});
}

void TiedLinear::predict_into(const Tensor& x, Tensor& z) const {
  check_usable();
  gemm(1, x, weight_->value.transpose(), 0, z, &bias_->value);  // z = x W^T + b
}

void TiedLinear::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  gemm(1, delta.transpose(), x, 1, weight_->grad);  // dL/dW += (dL/dz)^T x
  column_sums(1, delta, 1, bias_->grad);            // dL/db += sum over the batch of dL/dz
}

Tensor TiedLinear::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  Tensor dx(x.shape());
  gemm(1, delta, weight_->value, 0, dx);  // dL/dx = dL/dz W
  return dx;
}

Shape TiedLinear::output_shape(const Shape& input) const {
  check_usable();
  if (input.rank() != 2 || input[1] != in_) reject("(batch, " + std::to_string(in_) + ")", input);
  return {input[0], out_};
}

void TiedLinear::visit(Visitor& visitor) {
  visitor.parameter(weight_);
  visitor.parameter(bias_);
}

Options TiedLinear::options() const { return {{"in", in_}, {"out", out_}}; }

}}  // namespace nn::NN_PRECISION
