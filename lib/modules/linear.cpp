#include "nn/modules/linear.hpp"

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/modules/init.hpp"
#include "nn/ops/matmul.hpp"

namespace nn::inline NN_PRECISION {
namespace {

Shape weight_shape(Index in, Index out) {
  if (in < 1 || out < 1)
    throw ShapeError("Linear(" + std::to_string(in) + " -> " + std::to_string(out) +
                     "): sizes must be at least 1");
  return {in, out};
}

}  // namespace

Linear::Linear(Index in, Index out, bool bias)
    : in_(in), out_(out), weight_(add_parameter("weight", weight_shape(in, out), in, out)) {
  if (bias) bias_ = add_parameter("bias", {out}, in, out);
  Rng rng = Rng().stream(describe());
  initialize(*this, rng);
}

Tensor Linear::predict(const Tensor& x) const {
  Tensor z(output_shape(x.shape()));
  gemm(1, x, weight_->value, 0, z, bias_ ? &bias_->value : nullptr);  // z = x W + b
  return z;
}

void Linear::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  weight_->add_product(x.transpose(), delta);  // dL/dW += x^T dL/dz
  if (bias_) bias_->add_column_sums(delta);    // dL/db += sum over the batch of dL/dz
}

Tensor Linear::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  Tensor dx(x.shape());
  gemm(1, delta, weight_->value.transpose(), 0, dx);  // dL/dx = dL/dz W^T
  return dx;
}

Shape Linear::output_shape(const Shape& input) const {
  if (input.rank() != 2 || input[1] != in_) reject("(batch, " + std::to_string(in_) + ")", input);
  return {input[0], out_};
}

std::string Linear::describe() const {
  return "Linear(" + std::to_string(in_) + " -> " + std::to_string(out_) +
         (bias_ ? ")" : ", no bias)");
}

}  // namespace nn::inline NN_PRECISION
