#include "nn/train/update_rule.hpp"

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

void UpdateRule::update(const std::vector<ParameterPtr>& parameters, double lr) {
  if (!started_) resume(0, parameters);
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
  begin_step();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (!parameters[i]->frozen) move(i, *parameters[i], lr);
}

void UpdateRule::resume(Index steps, const std::vector<ParameterPtr>& parameters) {
  if (steps < 0 || steps > max_steps)
    throw ArgumentError(describe() + ": resumed after " + std::to_string(steps) + " steps");
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
  started_ = true;
}

}}  // namespace nn::NN_PRECISION
