#include "nn/train/update_rule.hpp"

namespace nn::inline NN_PRECISION {

void UpdateRule::update(const std::vector<ParameterPtr>& parameters, double lr) {
  if (!started_) resume(0, parameters);
  ++steps_;
  begin_step();
  for (std::size_t i = 0; i < parameters.size(); ++i) move(i, *parameters[i], lr);
}

void UpdateRule::resume(Index steps, const std::vector<ParameterPtr>& parameters) {
  start(steps, parameters);
  steps_ = steps;
  started_ = true;
}

std::vector<Tensor> UpdateRule::zeros_like(const std::vector<ParameterPtr>& parameters) {
  std::vector<Tensor> zeros;
  for (const ParameterPtr& p : parameters) zeros.push_back(Tensor::zeros(p->value.shape()));
  return zeros;
}

}  // namespace nn::inline NN_PRECISION
