#pragma once

#include "nn/train/update_rule.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of Adagrad.
struct AdagradOptions {
  double epsilon = 1e-10;
  double weight_decay = 0;          // lambda
  bool decay_only_weights = false;  // and leave biases, gains, slopes and tables alone
};

/// Adagrad with PyTorch's formula and defaults (Duchi, Hazan and Singer, JMLR 12, 2011):
///
///     g' = g + lambda W;  v = v + g'^2;  W -= lr g' / (sqrt v + epsilon)
///
/// A step size that falls by itself, PyTorch's lr_decay, is a Schedule here. ArgumentError unless
/// epsilon > 0 and the weight decay is >= 0, as Scalars too.
class Adagrad final : public UpdateRule {
 public:
  explicit Adagrad(const AdagradOptions& options = {});

  std::string describe() const override;
  std::vector<std::pair<std::string, Slot*>> slots() override { return {{"sum", &sum_}}; }

 protected:
  void move(std::size_t i, Parameter& parameter, double lr) override;

 private:
  AdagradOptions options_;
  Slot sum_;
};

}}  // namespace nn::NN_PRECISION
