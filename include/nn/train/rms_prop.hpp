#pragma once

#include "nn/train/update_rule.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of RMSProp.
struct RMSPropOptions {
  double alpha = 0.99;
  double epsilon = 1e-8;
  double weight_decay = 0;          // lambda
  bool decay_only_weights = false;  // and leave biases, gains, slopes and tables alone
  double momentum = 0;              // mu
  bool centered = false;  // divide by the standard deviation, not by the root of the mean square
};

/// RMSProp with PyTorch's formula and defaults (Hinton, Neural Networks for Machine Learning,
/// lecture 6e, 2012; centered: Graves, arXiv:1308.0850, equations 38 and 39):
///
///     g' = g + lambda W;  v = alpha v + (1 - alpha) g'^2;  s = sqrt v + epsilon
///     centered: m = alpha m + (1 - alpha) g';  s = sqrt(v - m^2) + epsilon
///     W -= lr g' / s;  with momentum: b = mu b + g' / s;  W -= lr b
///
/// ArgumentError unless 0 <= alpha < 1, epsilon > 0, and the momentum and the weight decay are
/// >= 0, as Scalars too.
class RMSProp final : public UpdateRule {
 public:
  explicit RMSProp(const RMSPropOptions& options = {});

  std::string describe() const override;
  std::vector<std::pair<std::string, Slot*>> slots() override;

 protected:
  void move(std::size_t i, Parameter& parameter, double lr) override;

 private:
  RMSPropOptions options_;
  Slot square_, mean_, velocity_;
};

}}  // namespace nn::NN_PRECISION
