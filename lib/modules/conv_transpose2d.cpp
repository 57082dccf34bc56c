#include "nn/modules/conv_transpose2d.hpp"

#include <algorithm>
#include <limits>

#include "modules/convolution.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {

using detail::Convolution;

ConvTranspose2D::ConvTranspose2D(const ConvTranspose2DOptions& o)
    : windows_{o.kernel, o.stride, o.padding, o.dilation},
      output_padding_(o.output_padding),
      chan_in_(o.chan_in),
      chan_out_(o.chan_out),
      groups_(o.groups),
      has_bias_(o.bias) {
  Convolution{windows_, groups_}.check(describe(), chan_in_, chan_out_);
  const Size2 rest = output_padding_, stride = windows_.stride;
  if (rest.height < 0 || rest.width < 0 || rest.height >= stride.height ||
      rest.width >= stride.width)
    throw ShapeError(describe() + ": output_padding must be at least 0 and below the stride");
  const Shape shape{o.kernel.height, o.kernel.width, chan_out_ / groups_, chan_in_};
  const Index area = o.kernel.height * o.kernel.width;
  const Index fan_in = area * shape[2], fan_out = area * chan_in_;
  weight_ = make_parameter(ParameterKind::weight, shape, fan_in, fan_out);
  if (o.bias) bias_ = make_parameter(ParameterKind::bias, {chan_out_}, fan_in, fan_out);
  initialize_by_default(*this, {o.kernel.height, o.kernel.width, chan_in_, chan_out_});
}

Tensor ConvTranspose2D::predict(const Tensor& x) const {
  const Shape shape = output_shape(x.shape());
  Tensor z = Convolution{windows_, groups_}.backward(x, weight_->value, shape);
  if (bias_) axpy(1, bias_->value, z);
  return z;
}

void ConvTranspose2D::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  // The Conv2D goes from delta to x: dL/dW is its own, with x for its delta
  Convolution{windows_, groups_}.add_gradients(delta, x, *weight_, nullptr);
  if (bias_) column_sums(1, delta.reshape({delta.numel() / chan_out_, chan_out_}), 1, bias_->grad);
}

Tensor ConvTranspose2D::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  Tensor dx(x.shape());
  Convolution{windows_, groups_}.forward(delta, weight_->value, nullptr, dx);
  return dx;
}

/// The size of z for images of this size; the largest one where 64 bits do not hold it.
Size2 ConvTranspose2D::larger(Size2 image) const {
  const Windows& w = windows_;
  const Size2 span = w.span(), rest = output_padding_;
  auto along = [](Index side, Index step, Index more) {
    Index size = 0;
    const bool overflows =
        __builtin_mul_overflow(side - 1, step, &size) || __builtin_add_overflow(size, more, &size);
    return overflows ? std::numeric_limits<Index>::max() : size;
  };
  return {along(image.height, w.stride.height, span.height + rest.height - 2 * w.padding.height),
          along(image.width, w.stride.width, span.width + rest.width - 2 * w.padding.width)};
}

Shape ConvTranspose2D::output_shape(const Shape& input) const {
  check_usable();
  if (input.rank() != 4 || input[1] < 1 || input[2] < 1 || input[3] != chan_in_)
    reject("(batch, height >= 1, width >= 1, channels = " + std::to_string(chan_in_) + ")", input);
  const Size2 z = larger({input[1], input[2]});
  if (z.height < 1 || z.width < 1) reject("images larger than their padding", input);
  if (std::max(z.height, z.width) == std::numeric_limits<Index>::max())
    reject("images whose size 64 bits hold when it is enlarged", input);
  return {input[0], z.height, z.width, chan_out_};
}

void ConvTranspose2D::visit(Visitor& visitor) {
  visitor.parameter(weight_);
  visitor.parameter(bias_);
}

Options ConvTranspose2D::options() const {
  return {{"kernel", windows_.size},
          {"chan_in", chan_in_},
          {"chan_out", chan_out_},
          {"stride", windows_.stride, Size2(1)},
          {"padding", windows_.padding, Size2(0)},
          {"output_padding", output_padding_, Size2(0)},
          {"dilation", windows_.dilation, Size2(1)},
          {"groups", groups_, Index{1}},
          {"bias", has_bias_, true}};
}

}}  // namespace nn::NN_PRECISION
