#include "nn/modules/layer_norm.hpp"

#include "modules/norm_parts.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {

LayerNorm::LayerNorm(Index features, const LayerNormOptions& options)
    : features_(features), options_(options) {
  if (features < 1 || !(options.epsilon > 0))
    throw ArgumentError(describe() + ": expected features >= 1 and epsilon > 0");
  weight_ = detail::make_gain(features);
  bias_ = detail::make_shift(features);
}

/// z, and what is kept of it if there is a place for it.
void LayerNorm::normalize(const Tensor& x, Tensor* normalized, Tensor* factors, Tensor& z) const {
  check_result(x, z);
  const Tensor from = x.contiguous(), weight = weight_->value.contiguous(),
               bias = bias_->value.contiguous();
  const Index rows = x.numel() / features_;
  if (normalized) {
    *normalized = *factors = Tensor();  // their memory serves again
    *normalized = Tensor(x.shape());
    *factors = Tensor(Shape{rows});
  }
  const kernels::RowNorm norm{options_.epsilon, weight.data(), bias.data()};
  Scalar *to = z.data(), *y = normalized ? normalized->data() : nullptr,
         *f = factors ? factors->data() : nullptr;
  parallel_for(rows, detail::row_grain(features_), [&](Index begin, Index end) {
    const Index at = begin * features_;
    kernels::active().normalize_rows(end - begin, features_, norm, from.data() + at, y ? y + at : y,
                                     f ? f + begin : f, to + at);
  });
}

Tensor LayerNorm::forward(const Tensor& x) {
  Tensor z(output_shape(x.shape()));
  normalize(x, &normalized_, &factors_, z);
  x_ = x;
  return z;
}

void LayerNorm::predict_into(const Tensor& x, Tensor& z) const {
  normalize(x, nullptr, nullptr, z);
}

void LayerNorm::check_backward(const Tensor& x, const Tensor& delta) const {
  check_input(x, x_);
  check_delta(delta, x.shape());
}

void LayerNorm::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_backward(x, delta);
  if (!options_.affine) return;
  const Shape matrix{x.numel() / features_, features_};
  const Tensor d = delta.contiguous().reshape(matrix);
  axpy(1, detail::column_dots(d, normalized_.reshape(matrix), nullptr), weight_->grad);
  column_sums(1, d, 1, bias_->grad);  // dL/dbias += sum dL/dz
}

Tensor LayerNorm::backward_delta(const Tensor& x, const Tensor& delta) {
  check_backward(x, delta);
  const Tensor d = delta.contiguous(), weight = weight_->value.contiguous();
  Tensor dx(x.shape());
  Scalar* to = dx.data();
  parallel_for(factors_.numel(), detail::row_grain(features_), [&](Index begin, Index end) {
    const Index at = begin * features_;
    kernels::active().normalize_rows_backward(end - begin, features_, d.data() + at, weight.data(),
                                              normalized_.data() + at, factors_.data() + begin,
                                              to + at);
  });
  return dx;
}

Shape LayerNorm::output_shape(const Shape& input) const {
  check_usable();
  if (input.rank() < 2 || input[input.rank() - 1] != features_)
    reject("(batch, ..., " + std::to_string(features_) + ")", input);
  return input;
}

void LayerNorm::visit(Visitor& visitor) {
  if (!options_.affine) return;
  visitor.parameter(weight_);
  visitor.parameter(bias_);
}

Options LayerNorm::options() const {
  const LayerNormOptions usual;
  return {{"features", features_},
          {"epsilon", options_.epsilon, usual.epsilon},
          {"affine", options_.affine, usual.affine}};
}

}}  // namespace nn::NN_PRECISION
