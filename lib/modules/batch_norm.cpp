#include "nn/modules/batch_norm.hpp"

#include <algorithm>
#include <cmath>

#include "modules/norm_parts.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

Tensor inverse_deviation(const Tensor& variance, double epsilon) {
  return map(variance, [epsilon](Scalar v) {
    return static_cast<Scalar>(1 / std::sqrt(static_cast<double>(v) + epsilon));
  });
}

/// z of rows x, and what is kept of them if `normalized` is given.
void normalize(const Tensor& x, const Tensor& mean, const Tensor& inverse, const Tensor& weight,
               const Tensor& bias, Tensor* normalized, Tensor& z) {
  const Tensor rows = x.contiguous();
  if (normalized) *normalized = Tensor(x.shape());
  const Tensor w = weight.contiguous(), b = bias.contiguous();
  const kernels::ColumnNorm norm{mean.data(), inverse.data(), w.data(), b.data()};
  const Index n = mean.numel();
  Scalar *to = z.data(), *kept = normalized ? normalized->data() : nullptr;
  parallel_for(x.numel() / n, detail::row_grain(n), [&](Index begin, Index end) {
    const Index at = begin * n;
    kernels::active().normalize_columns(end - begin, n, norm, rows.data() + at,
                                        kept ? kept + at : kept, to + at);
  });
}

}  // namespace

BatchNorm::BatchNorm(Index features, const BatchNormOptions& options)
    : features_(features),
      options_(options),
      running_mean_(Tensor::zeros({std::max<Index>(features, 1)})),
      running_var_(Tensor::ones({std::max<Index>(features, 1)})) {
  if (features < 1 || !(options.epsilon > 0) || !(options.momentum >= 0 && options.momentum <= 1))
    throw ArgumentError(describe() +
                        ": expected features >= 1, epsilon > 0 and a momentum in [0, 1]");
  weight_ = detail::make_gain(features);
  bias_ = detail::make_shift(features);
}

Tensor BatchNorm::forward(const Tensor& x) {
  output_shape(x.shape());
  const Index rows = x.numel() / features_;
  const bool by_batch = is_training() && rows > 0;
  if (by_batch && rows == 1)
    reject(
        "more than one value of each feature in training (SGDOptions::drop_last leaves out a short "
        "last batch)",
        x.shape());
  x_ = normalized_ = inverse_ = batch_mean_ = batch_var_ = Tensor();
  if (by_batch)
    find_statistics(x.contiguous().reshape({rows, features_}));
  else
    inverse_ = inverse_deviation(running_var_, options_.epsilon);
  Tensor z(x.shape());
  normalize(x, by_batch ? batch_mean_ : running_mean_, inverse_, weight_->value, bias_->value,
            &normalized_, z);
  x_ = x;
  return z;
}

/// The mean and the variance of each column, which PyTorch divides by n here and by n - 1 in the
/// running one.
void BatchNorm::find_statistics(const Tensor& rows) {
  const auto count = static_cast<Scalar>(rows.size(0));
  column_sums(1, rows, 0, batch_mean_);
  scal(1 / count, batch_mean_);
  const Tensor squares = detail::column_dots(rows, rows, &batch_mean_);
  inverse_ = inverse_deviation(squares / count, options_.epsilon);
  batch_var_ = squares / (count - 1);
}

void BatchNorm::predict_into(const Tensor& x, Tensor& z) const {
  check_result(x, z);
  normalize(x, running_mean_, inverse_deviation(running_var_, options_.epsilon), weight_->value,
            bias_->value, nullptr, z);
}

BatchNorm::Sums BatchNorm::sums(const Tensor& x, const Tensor& delta) const {
  check_input(x, x_);
  check_delta(delta, x.shape());
  const Shape matrix{x.numel() / features_, features_};
  const Tensor d = delta.contiguous().reshape(matrix);
  Sums sums;
  column_sums(1, d, 0, sums.delta);
  sums.delta_x = detail::column_dots(d, normalized_.reshape(matrix), nullptr);
  return sums;
}

/// dL/dx = weight / sqrt(v + epsilon) (dL/dz - sum dL/dz / n - x' sum(dL/dz x') / n): the mean and
/// the variance depend on x too, unless they are the running ones.
Tensor BatchNorm::delta_of(const Tensor& delta, const Sums& sums) const {
  Tensor dx(delta.shape());
  const Index rows = delta.numel() / features_;
  const bool by_batch = batch_var_.numel() > 0;
  const Scalar share = by_batch ? 1 / static_cast<Scalar>(rows) : 0;
  const Tensor factor = inverse_ * weight_->value, mean = sums.delta * share,
               slope = sums.delta_x * share;
  const kernels::ColumnNormBackward norm{factor.data(), mean.data(), slope.data()};
  const Tensor d = delta.contiguous();
  Scalar* to = dx.data();
  parallel_for(rows, detail::row_grain(features_), [&](Index begin, Index end) {
    const Index at = begin * features_;
    kernels::active().normalize_columns_backward(end - begin, features_, norm, d.data() + at,
                                                 normalized_.data() + at, to + at);
  });
  return dx;
}

void BatchNorm::add(const Sums& sums) {
  if (!options_.affine) return;
  axpy(1, sums.delta_x, weight_->grad);
  axpy(1, sums.delta, bias_->grad);
}

void BatchNorm::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  add(sums(x, delta));
}

Tensor BatchNorm::backward_delta(const Tensor& x, const Tensor& delta) {
  return delta_of(delta, sums(x, delta));
}

Tensor BatchNorm::backward(const Tensor& x, const Tensor& delta) {
  const Sums both = sums(x, delta);
  Tensor dx = delta_of(delta, both);
  add(both);
  return dx;
}

Shape BatchNorm::output_shape(const Shape& input) const {
  check_usable();
  if (input.rank() < 2 || input[input.rank() - 1] != features_)
    reject("(batch, ..., " + std::to_string(features_) + ")", input);
  return input;
}

void BatchNorm::visit(Visitor& visitor) {
  if (options_.affine) visitor.parameter(weight_);
  if (options_.affine) visitor.parameter(bias_);
  visitor.running("running_mean", running_mean_, batch_mean_, options_.momentum);
  visitor.running("running_var", running_var_, batch_var_, options_.momentum);
}

Options BatchNorm::options() const {
  const BatchNormOptions usual;
  return {{"features", features_},
          {"epsilon", options_.epsilon, usual.epsilon},
          {"momentum", options_.momentum, usual.momentum},
          {"affine", options_.affine, usual.affine}};
}

}}  // namespace nn::NN_PRECISION
