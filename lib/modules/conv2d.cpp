#include "nn/modules/conv2d.hpp"

#include "modules/convolution.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/options.hpp"

namespace nn { inline namespace NN_PRECISION {

using detail::Convolution;

Conv2D::Conv2D(const Conv2DOptions& o)
    : windows_{o.kernel, o.stride, o.padding, o.dilation},
      chan_in_(o.chan_in),
      chan_out_(o.chan_out),
      groups_(o.groups),
      has_bias_(o.bias) {
  Convolution{windows_, groups_}.check(describe(), chan_in_, chan_out_);
  const Shape shape{o.kernel.height, o.kernel.width, chan_in_ / groups_, chan_out_};
  const Index area = o.kernel.height * o.kernel.width;
  const Index fan_in = area * shape[2], fan_out = area * chan_out_;
  weight_ = make_parameter(ParameterKind::weight, shape, fan_in, fan_out);
  if (o.bias) bias_ = make_parameter(ParameterKind::bias, {chan_out_}, fan_in, fan_out);
  initialize_by_default(*this, {o.kernel.height, o.kernel.width, chan_in_, chan_out_});
}

void Conv2D::predict_into(const Tensor& x, Tensor& z) const {
  check_result(x, z);
  Convolution{windows_, groups_}.forward(x, weight_->value, bias_ ? &bias_->value : nullptr, z);
}

void Conv2D::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  Convolution{windows_, groups_}.add_gradients(x, delta, *weight_, bias_.get());
}

Tensor Conv2D::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  return Convolution{windows_, groups_}.backward(delta, weight_->value, x.shape());
}

Shape Conv2D::output_shape(const Shape& input) const {
  check_usable();
  const Size2 least = windows_.smallest();
  if (input.rank() != 4 || input[1] < least.height || input[2] < least.width ||
      input[3] != chan_in_)
    reject("(batch, height >= " + std::to_string(least.height) + ", width >= " +
               std::to_string(least.width) + ", channels = " + std::to_string(chan_in_) + ")",
           input,
           input.rank() < 4       ? "Reshape({height, width, channels}) makes images of it"
           : input[1] == chan_in_ ? "channels come last"
                                  : "");
  const Size2 count = windows_.count({input[1], input[2]});
  return {input[0], count.height, count.width, chan_out_};
}

void Conv2D::visit(Visitor& visitor) {
  visitor.parameter(weight_);
  visitor.parameter(bias_);
}

Options Conv2D::options() const {
  return {{"kernel", windows_.size},
          {"chan_in", chan_in_},
          {"chan_out", chan_out_},
          {"stride", windows_.stride, Size2(1)},
          {"padding", windows_.padding, Size2(0)},
          {"dilation", windows_.dilation, Size2(1)},
          {"groups", groups_, Index{1}},
          {"bias", has_bias_, true}};
}

}}  // namespace nn::NN_PRECISION
