#include "nn/train/update_rule.hpp"

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

void UpdateRule::update(const std::vector<ParameterPtr>& parameters, double lr) {
  if (!started_) resume(0, parameters);
  if (!kept_for_.empty() && parameters != kept_for_)
    throw ArgumentError(describe() + " began with other parameters: make a new one for these");
  ++steps_;
  begin_step();
  for (std::size_t i = 0; i < parameters.size(); ++i) move(i, *parameters[i], lr);
}

void UpdateRule::resume(Index steps, const std::vector<ParameterPtr>& parameters) {
  const auto kept = slots();
  kept_for_ = kept.empty() ? std::vector<ParameterPtr>() : parameters;
  for (const auto& [name, slot] : kept) {
    slot->clear();
    for (const ParameterPtr& p : parameters) slot->push_back(Tensor::zeros(p->value.shape()));
  }
  steps_ = steps;
  started_ = true;
}

}}  // namespace nn::NN_PRECISION
