#include "nn/modules/module.hpp"

#include <algorithm>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"

namespace nn::inline NN_PRECISION {

void Parameter::add_product(const Tensor& a, const Tensor& b) {
  gemm(sink.alpha, a, b, sink.beta, sink.is_value ? value : grad);
  sink.beta = 1;
}

void Parameter::add_column_sums(const Tensor& delta) {
  column_sums(sink.alpha, delta, sink.beta, sink.is_value ? value : grad);
  sink.beta = 1;
}

void Module::backward_update_gradient(const Tensor&, const Tensor&) {}

Tensor Module::backward(const Tensor& x, const Tensor& delta) {
  Tensor dx = backward_delta(x, delta);
  backward_update_gradient(x, delta);  // may change W: see Parameter::Sink
  return dx;
}

std::vector<std::pair<std::string, ParameterPtr>> Module::named_parameters() const {
  std::vector<std::pair<std::string, ParameterPtr>> named;
  for (const ParameterPtr& p : parameters_) named.emplace_back(p->name, p);
  return named;
}

Index Module::parameter_count() const {
  Index count = 0;
  for (const ParameterPtr& p : parameters_) count += p->value.numel();
  return count;
}

void Module::zero_grad() {
  for (const ParameterPtr& p : parameters_) p->grad.fill(0);
}

void Module::update_parameters(Scalar step) {
  for (const ParameterPtr& p : parameters_) axpy(-step, p->grad, p->value);
}

ParameterPtr Module::add_parameter(std::string name, const Shape& shape, Index fan_in,
                                   Index fan_out) {
  parameters_.push_back(std::make_shared<Parameter>(
      Parameter{std::move(name), Tensor::zeros(shape), Tensor::zeros(shape), fan_in, fan_out, {}}));
  return parameters_.back();
}

void Module::share_parameters(const Module& other) {
  for (const ParameterPtr& p : other.parameters_) share_parameter(p);
}

void Module::add_part(Module& part) {
  share_parameters(part);
  part.is_part_ = true;
}

void Module::share_parameter(const ParameterPtr& parameter) {
  if (std::find(parameters_.begin(), parameters_.end(), parameter) == parameters_.end())
    parameters_.push_back(parameter);
}

void Module::reject(const std::string& expected, const Shape& got) const {
  throw ShapeError(describe() + ": expected " + expected + ", got " + got.to_string());
}

void Module::check_delta(const Tensor& delta, const Shape& expected) const {
  if (delta.shape() == expected) return;
  if (expected == Shape::empty()) reject("a forward before any backward", delta.shape());
  reject("delta " + expected.to_string(), delta.shape());
}

}  // namespace nn::inline NN_PRECISION
