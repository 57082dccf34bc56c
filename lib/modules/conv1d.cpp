#include "nn/modules/conv1d.hpp"

#include "modules/conv_parts.hpp"
#include "modules/convolution.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/im2col.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using detail::Convolution;

/// (batch, length, channels) as (batch, 1, length, channels).
Shape as_image(const Shape& signals) { return signals.inserted(1, 1); }
Tensor as_image(const Tensor& x) { return x.reshape(as_image(x.shape())); }

}  // namespace

Conv1D::Conv1D(const Conv1DOptions& o)
    : windows_{{1, o.k_size}, {1, o.stride}, {0, o.padding}, {1, o.dilation}},
      chan_in_(o.chan_in),
      chan_out_(o.chan_out),
      groups_(o.groups),
      has_bias_(o.bias) {
  Convolution{windows_, groups_}.check(describe(), chan_in_, chan_out_);
  const Shape shape{o.k_size, chan_in_ / groups_, chan_out_};
  const Index fan_in = o.k_size * shape[1], fan_out = o.k_size * chan_out_;
  weight_ = make_parameter(ParameterKind::weight, shape, fan_in, fan_out);
  if (o.bias) bias_ = make_parameter(ParameterKind::bias, {chan_out_}, fan_in, fan_out);
  initialize_by_default(*this, {o.k_size, chan_in_, chan_out_});
}

/// Each window as a row of k_size chan_in numbers: (batch, windows, k_size chan_in). As the
/// channels come last, a window without gaps lies in one piece, so this is a view, whose rows
/// overlap.
Tensor Conv1D::rows(const Tensor& signals) const {
  const Tensor x = pad(as_image(signals), windows_.padding);
  return x.reshape({x.size(0), x.size(2) * chan_in_})
      .unfold(1, windows_.size.width * chan_in_, windows_.stride.width * chan_in_);
}

void Conv1D::predict_into(const Tensor& x, Tensor& z) const {
  check_result(x, z);
  const Tensor* bias = bias_ ? &bias_->value : nullptr;
  if (!has_whole_windows()) {
    Tensor image = as_image(z);
    return Convolution{windows_, groups_}.forward(as_image(x), weight_->value, bias, image);
  }
  Tensor all = rows(x), w = detail::kernel_matrix(weight_->value);
  const Index grain = detail::conv_grain(z.size(1) * w.numel());
  parallel_for(x.size(0), grain, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      Tensor zi = z.select(0, i);
      gemm(1, all.select(0, i), w, 0, zi, bias);  // z = windows W + b
    }
  });
}

void Conv1D::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  if (!has_whole_windows())
    return Convolution{windows_, groups_}.add_gradients(as_image(x), as_image(delta), *weight_,
                                                        bias_.get());
  Tensor all = rows(x);
  const Index grain = detail::conv_grain(delta.size(1) * weight_->value.numel());
  auto leaf = [&](Index i, Tensor& dw, Tensor& db) {
    const Tensor di = delta.select(0, i);
    gemm(1, all.select(0, i).transpose(), di, 0, dw);  // dL/dW += windows^T dL/dz
    if (bias_) column_sums(1, di, 0, db);              // dL/db += sum over positions of dL/dz
  };
  detail::add_leaves(x.size(0), grain, *weight_, bias_.get(), leaf);
}

Tensor Conv1D::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  if (!has_whole_windows())
    return Convolution{windows_, groups_}
        .backward(as_image(delta), weight_->value, as_image(x.shape()))
        .reshape(x.shape());
  Tensor dx(padded(as_image(x.shape()), windows_.padding));
  Tensor wt = detail::kernel_matrix(weight_->value).transpose().clone();
  const Index window = wt.size(1), step = windows_.stride.width * chan_in_;
  const Index grain = detail::conv_grain(delta.size(1) * wt.numel());
  parallel_for(x.size(0), grain, [&](Index begin, Index end) {
    dx.slice(0, begin, end).fill(0);
    Tensor parts(Shape{delta.size(1), window});
    for (Index i = begin; i < end; ++i) {
      gemm(1, delta.select(0, i), wt, 0, parts);  // dL/dwindows = dL/dz W^T
      const Scalar* from = parts.data();
      Scalar* to = dx.data() + i * dx.size(2) * chan_in_;
      for (Index p = 0; p < parts.size(0); ++p, from += window, to += step)
        for (Index j = 0; j < window; ++j) to[j] += from[j];  // dL/dx: each window at its place
    }
  });
  return crop(dx, windows_.padding).reshape(x.shape());
}

Shape Conv1D::output_shape(const Shape& input) const {
  check_usable();
  const Index least = windows_.smallest().width;
  if (input.rank() != 3 || input[1] < least || input[2] != chan_in_)
    reject("(batch, length >= " + std::to_string(least) +
               ", channels = " + std::to_string(chan_in_) + ")",
           input);
  return {input[0], windows_.count({1, input[1]}).width, chan_out_};
}

void Conv1D::visit(Visitor& visitor) {
  visitor.parameter(weight_);
  visitor.parameter(bias_);
}

Options Conv1D::options() const {
  return {{"k_size", windows_.size.width},
          {"chan_in", chan_in_},
          {"chan_out", chan_out_},
          {"stride", windows_.stride.width, Index{1}},
          {"padding", windows_.padding.width, Index{0}},
          {"dilation", windows_.dilation.width, Index{1}},
          {"groups", groups_, Index{1}},
          {"bias", has_bias_, true}};
}

}}  // namespace nn::NN_PRECISION
