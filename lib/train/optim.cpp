#include "nn/train/optim.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <typeinfo>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/two_directions.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"

namespace nn::inline NN_PRECISION {

Optim::Optim(Module& net, const Loss& loss, double step, Reduction reduction,
             std::unique_ptr<UpdateRule> rule)
    : net_(net), loss_(loss), reduction_(reduction), rule_(std::move(rule)) {
  set_step_size(step);
}

void Optim::set_step_size(double step) {
  if (!(step >= 0) || !std::isfinite(static_cast<Scalar>(step)))
    throw ArgumentError("Optim: step " + to_text(step) +
                        ": expected a number >= 0 that a Scalar holds");
  step_ = step;
}

double Optim::step(const Tensor& x, const Tensor& y) {
  Tensor yhat = net_.forward(x), delta;
  Tensor costs = loss_.forward_backward(y, yhat, delta);
  if (costs.numel() == 0) {
    net_.zero_grad();
    return 0;
  }
  double cost = mean(costs);
  if (!std::isfinite(cost)) return cost;
  scal(static_cast<Scalar>(1 / loss_.divisor(reduction_, yhat.shape())), delta);
  const bool plain = rule_->is_plain();
  redirect(plain);
  try {
    net_.backward_update_gradient(x, delta);
  } catch (...) {
    restore();
    throw;
  }
  restore();
  rule_->update(plain ? others_ : net_.parameters(), step_);
  return cost;
}

namespace {

/// The parameters of every Linear that `module` is or runs once in a step, asking for dL/dx before
/// it has dL/dW added: what a module of another type does with the Linears inside is its business.
void add_linear(Module& module, std::vector<ParameterPtr>& found) {
  const std::type_info& type = typeid(module);
  if (type == typeid(Linear)) {
    found.insert(found.end(), module.parameters().begin(), module.parameters().end());
  } else if (type == typeid(Sequential)) {
    auto& layers = static_cast<Sequential&>(module);
    for (Index i = 0; i < layers.size(); ++i) add_linear(layers[i], found);
  } else if (type == typeid(AutoEncoder)) {
    add_linear(static_cast<AutoEncoder&>(module).encoder(), found);
    add_linear(static_cast<AutoEncoder&>(module).decoder(), found);
  } else if (type == typeid(TwoDirections)) {
    add_linear(static_cast<TwoDirections&>(module).rows(), found);
    add_linear(static_cast<TwoDirections&>(module).columns(), found);
  }
}

}  // namespace

/// A parameter that has several names is shared.
void Optim::find_sole() {
  known_ = net_.parameters();
  std::vector<ParameterPtr> linear;
  add_linear(net_, linear);
  std::map<ParameterPtr, int> uses;
  for (const auto& [name, parameter] : net_.named_parameters()) ++uses[parameter];
  sole_.clear();
  others_.clear();
  for (const ParameterPtr& parameter : known_) {
    const bool in_linear = std::find(linear.begin(), linear.end(), parameter) != linear.end();
    (in_linear && uses[parameter] == 1 ? sole_ : others_).push_back(parameter);
  }
}

/// Has the sole parameters' products overwrite the gradient, or take the step on the value itself.
void Optim::redirect(bool plain) {
  if (known_ != net_.parameters()) find_sole();
  for (const ParameterPtr& p : others_) p->grad.fill(0);
  for (const ParameterPtr& p : sole_)
    p->sink = plain ? Parameter::Sink{true, -static_cast<Scalar>(step_), 1}
                    : Parameter::Sink{false, 1, 0};
}

void Optim::restore() noexcept {
  for (const ParameterPtr& p : sole_) p->sink = {};
}

}  // namespace nn::inline NN_PRECISION
