#include "nn/train/update_rule.hpp"

#include <algorithm>
#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

UpdateRule::UpdateRule(const WeightDecay& decay) : decay_(decay) {
  if (!(decay.lambda >= 0) || !std::isfinite(static_cast<Scalar>(decay.lambda)))
    throw ArgumentError("weight decay " + to_text(decay.lambda) + ": expected a number >= 0");
}

double UpdateRule::decay_of(const Parameter& parameter) const {
  const bool decays = !decay_.only_weights || parameter.kind == ParameterKind::weight;
  return decays ? decay_.lambda : 0;
}

Tensor UpdateRule::decayed_gradient(const Parameter& parameter) const {
  const double lambda = decay_of(parameter);
  if (lambda == 0) return parameter.grad;
  Tensor g = parameter.grad.clone();
  axpy(static_cast<Scalar>(lambda), parameter.value, g);
  return g;
}

std::string UpdateRule::describe_decay() const {
  return ", weight decay " + to_text(decay_.lambda) + (decay_.only_weights ? " of weights" : "");
}

void UpdateRule::update(const std::vector<ParameterPtr>& parameters, double lr) {
  if (steps_ == 0) resume(0, parameters);
  if (has_slots_ && parameters != kept_for_)
    throw ArgumentError(describe() + " began with other parameters: make a new one for these");
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = *parameters[i];
    if (p.grad.shape() != p.value.shape())
      throw ShapeError(describe() + ": gradient " + p.grad.shape().to_string() + " for " + p.name +
                       " " + p.value.shape().to_string());
    detail::check_writable(p.name.c_str(), p.value);
    if (has_slots_ && p.value.shape() != kept_shapes_[i])
      throw ShapeError(describe() + " began with " + p.name + " " + kept_shapes_[i].to_string() +
                       ", which is " + p.value.shape().to_string() + " now");
  }
  ++steps_;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i]->frozen)
      move(i, *parameters[i], lr * parameters[i]->step_scale);
    else if (has_slots_)
      ++frozen_steps_[i];
  }
}

void UpdateRule::resume(Index steps, const std::vector<ParameterPtr>& parameters,
                        std::vector<Index> frozen_steps) {
  if (steps < 0 || steps > max_steps)
    throw ArgumentError(describe() + ": resumed after " + std::to_string(steps) + " steps");
  if (frozen_steps.empty()) frozen_steps.resize(parameters.size());
  auto is_count = [&](Index n) { return n >= 0 && n <= steps; };
  if (frozen_steps.size() != parameters.size() ||
      !std::all_of(frozen_steps.begin(), frozen_steps.end(), is_count))
    throw ArgumentError(describe() + ": expected a number of frozen steps for each parameter");
  frozen_steps_ = std::move(frozen_steps);
  const auto kept = slots();
  has_slots_ = !kept.empty();
  kept_for_ = has_slots_ ? parameters : std::vector<ParameterPtr>();
  kept_shapes_.clear();
  for (const ParameterPtr& p : kept_for_) kept_shapes_.push_back(p->value.shape());
  for (const auto& [name, slot] : kept) {
    slot->clear();
    for (const ParameterPtr& p : parameters) slot->push_back(Tensor::zeros(p->value.shape()));
  }
  steps_ = steps;
}

}}  // namespace nn::NN_PRECISION
