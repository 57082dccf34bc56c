#include "nn/modules/tied_linear.hpp"

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/modules/init.hpp"
#include "nn/ops/matmul.hpp"

namespace nn::inline NN_PRECISION {

TiedLinear::TiedLinear(const Linear& encoder)
    : in_(encoder.out()), out_(encoder.in()), weight_(encoder.weight()) {
  if (!weight_) throw ArgumentError(describe() + ": the encoder has been moved away before");
  share_parameter(weight_);
  bias_ = add_parameter("bias", {out_}, in_, out_);
  Rng rng = Rng().stream(describe());
  Init::torch()(*bias_, rng);
}

Tensor TiedLinear::predict(const Tensor& x) const {
  Tensor z(output_shape(x.shape()));
  gemm(1, x, weight_->value.transpose(), 0, z, &bias_->value);  // z = x W^T + b
  return z;
}

void TiedLinear::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  weight_->add_product(delta.transpose(), x);  // dL/dW += (dL/dz)^T x
  bias_->add_column_sums(delta);               // dL/db += sum over the batch of dL/dz
}

Tensor TiedLinear::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  Tensor dx(x.shape());
  gemm(1, delta, weight_->value, 0, dx);  // dL/dx = dL/dz W
  return dx;
}

Shape TiedLinear::output_shape(const Shape& input) const {
  if (input.rank() != 2 || input[1] != in_) reject("(batch, " + std::to_string(in_) + ")", input);
  return {input[0], out_};
}

std::string TiedLinear::describe() const {
  return "TiedLinear(" + std::to_string(in_) + " -> " + std::to_string(out_) + ")";
}

}  // namespace nn::inline NN_PRECISION
