#include "nn/modules/auto_encoder.hpp"

#include "modules/in_part.hpp"

namespace nn::inline NN_PRECISION {
namespace {

constexpr const char* kEncoder = "AutoEncoder, encoder";
constexpr const char* kDecoder = "AutoEncoder, decoder";

}  // namespace

AutoEncoder::AutoEncoder(Sequential encoder, Sequential decoder)
    : encoder_(std::move(encoder)), decoder_(std::move(decoder)) {
  add_part(encoder_);
  add_part(decoder_);
}

Tensor AutoEncoder::encode(const Tensor& x) const {
  return detail::in_part(kEncoder, [&] { return encoder_.predict(x); });
}

Tensor AutoEncoder::decode(const Tensor& code) const {
  return detail::in_part(kDecoder, [&] { return decoder_.predict(code); });
}

Tensor AutoEncoder::forward(const Tensor& x) {
  output_shape(x.shape());  // a wrong shape must not reach half of the layers
  input_ = x.shape();
  code_ = encoder_.forward(x);
  return decoder_.forward(code_);
}

void AutoEncoder::check_input(const Tensor& x) const {
  if (x.shape() != input_) reject("the last forward's x, " + input_.to_string(), x.shape());
}

void AutoEncoder::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_input(x);
  Tensor d = detail::in_part(kDecoder, [&] { return decoder_.backward(code_, delta); });
  detail::in_part(kEncoder, [&] { encoder_.backward_update_gradient(x, d); });
}

Tensor AutoEncoder::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x);
  Tensor d = detail::in_part(kDecoder, [&] { return decoder_.backward_delta(code_, delta); });
  return detail::in_part(kEncoder, [&] { return encoder_.backward_delta(x, d); });
}

Tensor AutoEncoder::backward(const Tensor& x, const Tensor& delta) {
  check_input(x);
  Tensor d = detail::in_part(kDecoder, [&] { return decoder_.backward(code_, delta); });
  return detail::in_part(kEncoder, [&] { return encoder_.backward(x, d); });
}

Shape AutoEncoder::output_shape(const Shape& input) const {
  const Shape code = detail::in_part(kEncoder, [&] { return encoder_.output_shape(input); });
  return detail::in_part(kDecoder, [&] { return decoder_.output_shape(code); });
}

void AutoEncoder::train(bool on) {
  encoder_.train(on);
  decoder_.train(on);
}

std::vector<std::pair<std::string, ParameterPtr>> AutoEncoder::named_parameters() const {
  std::vector<std::pair<std::string, ParameterPtr>> named;
  for (auto& [name, parameter] : encoder_.named_parameters())
    named.emplace_back("encoder." + name, parameter);
  for (auto& [name, parameter] : decoder_.named_parameters())
    named.emplace_back("decoder." + name, parameter);
  return named;
}

}  // namespace nn::inline NN_PRECISION
