#include "nn/modules/auto_encoder.hpp"

#include "modules/error_context.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

template <class F>
auto in_encoder(F&& f) {
  return detail::with_context([] { return "AutoEncoder, encoder: "; }, f);
}
template <class F>
auto in_decoder(F&& f) {
  return detail::with_context([] { return "AutoEncoder, decoder: "; }, f);
}

}  // namespace

AutoEncoder::AutoEncoder(Sequential encoder, Sequential decoder)
    : encoder_(std::move(encoder)), decoder_(std::move(decoder)) {}

Tensor AutoEncoder::encode(const Tensor& x) const {
  return in_encoder([&] { return encoder_.predict(x); });
}

Tensor AutoEncoder::decode(const Tensor& code) const {
  return in_decoder([&] { return decoder_.predict(code); });
}

Tensor AutoEncoder::forward(const Tensor& x) {
  output_shape(x.shape());  // a wrong shape must not reach half of the layers
  code_ = encoder_.forward(x);
  Tensor z = decoder_.forward(code_);
  x_ = x;
  return z;
}

void AutoEncoder::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  Tensor d = in_decoder([&] { return decoder_.backward(code_, delta); });
  in_encoder([&] { encoder_.backward_update_gradient(x, d); });
}

Tensor AutoEncoder::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  Tensor d = in_decoder([&] { return decoder_.backward_delta(code_, delta); });
  return in_encoder([&] { return encoder_.backward_delta(x, d); });
}

Tensor AutoEncoder::backward(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  Tensor d = in_decoder([&] { return decoder_.backward(code_, delta); });
  return in_encoder([&] { return encoder_.backward(x, d); });
}

Shape AutoEncoder::output_shape(const Shape& input) const {
  const Shape code = in_encoder([&] { return encoder_.output_shape(input); });
  return in_decoder([&] { return decoder_.output_shape(code); });
}

void AutoEncoder::visit(Visitor& visitor) {
  visitor.part("encoder", encoder_);
  visitor.part("decoder", decoder_);
}

}}  // namespace nn::NN_PRECISION
