#include "nn/modules/conv1d.hpp"

#include "modules/conv_parts.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/matmul.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION {

Conv1D::Conv1D(Index k_size, Index chan_in, Index chan_out, Index stride, bool bias)
    : k_size_(k_size), chan_in_(chan_in), chan_out_(chan_out), stride_(stride), has_bias_(bias) {
  Windows{{1, k_size}, {1, stride}, 0}.check(describe());
  if (chan_in < 1 || chan_out < 1) throw ShapeError(describe() + ": channels must be at least 1");
  const Shape shape{k_size, chan_in, chan_out};
  const Index fan_in = k_size * chan_in, fan_out = k_size * chan_out;
  weight_ = make_parameter(ParameterKind::weight, shape, fan_in, fan_out);
  if (bias) bias_ = make_parameter(ParameterKind::bias, {chan_out}, fan_in, fan_out);
  initialize_by_default(*this, {k_size, chan_in, chan_out});
}

/// Each window as a row of k_size chan_in numbers: (batch, windows, k_size chan_in). A window lies
/// in one piece as the channels come last, so this is a view, whose rows overlap.
Tensor Conv1D::windows(const Tensor& x) const {
  return x.contiguous()
      .reshape({x.size(0), x.size(1) * chan_in_})
      .unfold(1, k_size_ * chan_in_, stride_ * chan_in_);
}

Tensor Conv1D::predict(const Tensor& x) const {
  Tensor z(output_shape(x.shape()));
  Tensor rows = windows(x), w = detail::kernel_matrix(weight_->value);
  const Index grain = detail::conv_grain(z.size(1) * w.numel());
  parallel_for(x.size(0), grain, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      Tensor zi = z.select(0, i);
      gemm(1, rows.select(0, i), w, 0, zi, bias_ ? &bias_->value : nullptr);  // z = windows W + b
    }
  });
  return z;
}

void Conv1D::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  Tensor rows = windows(x);
  const Index grain = detail::conv_grain(delta.size(1) * weight_->value.numel());
  auto leaf = [&](Index i, Tensor& dw, Tensor& db) {
    const Tensor di = delta.select(0, i);
    gemm(1, rows.select(0, i).transpose(), di, 0, dw);  // dL/dW += windows^T dL/dz
    if (bias_) column_sums(1, di, 0, db);               // dL/db += sum over positions of dL/dz
  };
  detail::add_leaves(x.size(0), grain, *weight_, bias_.get(), leaf);
}

Tensor Conv1D::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  Tensor dx(x.shape());
  Tensor wt = detail::kernel_matrix(weight_->value).transpose().clone();
  const Index window = wt.size(1), step = stride_ * chan_in_;
  const Index grain = detail::conv_grain(delta.size(1) * wt.numel());
  parallel_for(x.size(0), grain, [&](Index begin, Index end) {
    dx.slice(0, begin, end).fill(0);
    Tensor rows(Shape{delta.size(1), window});
    for (Index i = begin; i < end; ++i) {
      gemm(1, delta.select(0, i), wt, 0, rows);  // dL/dwindows = dL/dz W^T
      const Scalar* from = rows.data();
      Scalar* to = dx.data() + i * x.size(1) * chan_in_;
      for (Index p = 0; p < rows.size(0); ++p, from += window, to += step)
        for (Index j = 0; j < window; ++j) to[j] += from[j];  // dL/dx: each window at its place
    }
  });
  return dx;
}

Shape Conv1D::output_shape(const Shape& input) const {
  check_usable();
  if (input.rank() != 3 || input[1] < k_size_ || input[2] != chan_in_)
    reject("(batch, length >= " + std::to_string(k_size_) +
               ", channels = " + std::to_string(chan_in_) + ")",
           input);
  return {input[0], (input[1] - k_size_) / stride_ + 1, chan_out_};
}

void Conv1D::visit(Visitor& visitor) {
  visitor.parameter(weight_);
  visitor.parameter(bias_);
}

Options Conv1D::options() const {
  return {{"k_size", k_size_},
          {"chan_in", chan_in_},
          {"chan_out", chan_out_},
          {"stride", stride_, Index{1}},
          {"bias", has_bias_, true}};
}

}}  // namespace nn::NN_PRECISION
