#include "nn/modules/module.hpp"

#include <cmath>
#include <cstring>
#include <utility>

#include "modules/contents.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

using detail::Contents;

namespace {

bool same_bits(const Tensor& a, const Tensor& b) {
  const Tensor left = a.contiguous(), right = b.contiguous();
  const auto bytes = static_cast<std::size_t>(a.numel()) * sizeof(Scalar);
  return bytes == 0 || std::memcmp(left.data(), right.data(), bytes) == 0;
}

}  // namespace

ParameterPtr make_parameter(ParameterKind kind, const Shape& shape, Index fan_in, Index fan_out,
                            std::string name) {
  if (name.empty()) name = kind == ParameterKind::bias ? "bias" : "weight";
  return std::make_shared<Parameter>(Parameter{std::move(name), kind, Tensor::zeros(shape),
                                               Tensor::zeros(shape), fan_in, fan_out, false});
}

Module::Module(Module&& other) noexcept
    : is_training_(other.is_training_),
      was_moved_from_(std::exchange(other.was_moved_from_, true)) {}

Module& Module::operator=(Module&& other) noexcept {
  if (this == &other) return *this;
  is_training_ = other.is_training_;
  was_moved_from_ = std::exchange(other.was_moved_from_, true);
  return *this;
}

void Module::predict_into(const Tensor& x, Tensor& z) const {
  check_result(x, z);
  const Tensor made = predict(x);
  if (made.shape() != z.shape())
    reject("predict() to give output_shape(), " + z.shape().to_string(), made.shape());
  if (made.data() != z.data()) z.copy_from(made);  // not where x lies there already
}

Tensor Layer::predict(const Tensor& x) const {
  Tensor z(output_shape(x.shape()));
  predict_into(x, z);
  return z;
}

void Module::backward_update_gradient(const Tensor&, const Tensor&) {}

Tensor Module::backward(const Tensor& x, const Tensor& delta) {
  Tensor dx = backward_delta(x, delta);
  backward_update_gradient(x, delta);
  return dx;
}

Options Module::options() const { return {}; }

std::string Module::describe() const {
  std::string text;
  for (const Option& option : options()) {
    if (option.is_usual) continue;
    text += text.empty() ? "(" : ", ";
    text += (option.is_optional ? option.name + "=" : "") + option.value;
  }
  return kind() + text + (text.empty() ? "" : ")");
}

std::vector<ParameterPtr> Module::parameters() const {
  std::vector<ParameterPtr> found;
  Contents(*this).for_each_parameter([&](const ParameterPtr& p) { found.push_back(p); });
  return found;
}

std::vector<std::pair<std::string, ParameterPtr>> Module::named_parameters() const {
  std::vector<std::pair<std::string, ParameterPtr>> named;
  const Contents contents(*this, Contents::Names::yes);
  for (std::size_t i = 0; i < contents.slots().size(); ++i)
    named.emplace_back(contents.slot_names()[i], *contents.slots()[i].parameter);
  return named;
}

std::vector<std::pair<std::string, Tensor>> Module::named_buffers() const {
  std::vector<std::pair<std::string, Tensor>> named;
  const Contents contents(*this, Contents::Names::yes);
  for (std::size_t i = 0; i < contents.buffers().size(); ++i)
    named.emplace_back(contents.buffer_names()[i], *contents.buffers()[i]);
  return named;
}

Index Module::parameter_count() const {
  Index count = 0;
  Contents(*this).for_each_parameter([&](const ParameterPtr& p) { count += p->value.numel(); });
  return count;
}

void Module::zero_grad() {
  Contents(*this).for_each_parameter([](const ParameterPtr& p) { p->grad.fill(0); });
}

void Module::update_parameters(Scalar step) {
  const Contents contents(*this);
  contents.for_each_parameter(
      [](const ParameterPtr& p) { detail::check_writable(p->name.c_str(), p->value); });
  contents.for_each_parameter([&](const ParameterPtr& p) {
    if (!p->frozen) axpy(static_cast<Scalar>(-step * p->step_scale), p->grad, p->value);
  });
}

void Module::train(bool on) {
  const Contents contents(*this);
  for (Module* module : contents.modules()) module->is_training_ = on;
}

void Module::freeze(bool on) {
  Contents(*this).for_each_parameter([on](const ParameterPtr& p) { p->frozen = on; });
}

void Module::scale_steps(double factor) {
  if (!(factor >= 0) || !std::isfinite(static_cast<Scalar>(factor)))
    throw ArgumentError("scale_steps: expected a finite number >= 0, got " + to_text(factor));
  Contents(*this).for_each_parameter([&](const ParameterPtr& p) { p->step_scale = factor; });
}

void Module::set_random(std::uint64_t seed, std::uint64_t step, Index first_row) {
  Contents(*this).set_random(seed, step, first_row);
}

void Module::update_running() { Contents(*this).update_running(); }

void Module::fail_moved_from() const {
  throw ArgumentError(kind() + ": used after it was moved from");
}

void Module::reject(const std::string& expected, const Shape& got, const char* hint) const {
  std::string text = describe() + ": expected " + expected + ", got " + got.to_string();
  if (*hint) text.append("; ").append(hint);
  throw ShapeError(text);
}

void Module::check_input(const Tensor& x, const Tensor& last) const {
  check_usable();
  if (last.data() == nullptr && x.shape() != Shape::empty())
    reject("a forward before any backward", x.shape());
  if (x.shape() != last.shape())
    reject("the last forward's x, " + last.shape().to_string(), x.shape());
  if (!is_same_view(x, last) && !same_bits(x, last))
    throw ArgumentError(describe() + ": backward for an x that is not the last forward's");
}

void Module::check_result(const Tensor& x, const Tensor& z) const {
  const Shape shape = output_shape(x.shape());
  if (z.shape() != shape || !z.is_contiguous())
    reject("contiguous memory " + shape.to_string() + " for z", z.shape());
}

void Module::check_delta(const Tensor& delta, const Shape& expected) const {
  if (delta.shape() != expected) reject("delta " + expected.to_string(), delta.shape());
}

}}  // namespace nn::NN_PRECISION
