#pragma once

#include "nn/train/update_rule.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of GradientDescent.
struct GradientDescentOptions {
  double momentum = 0;              // mu
  bool nesterov = false;            // look ahead; needs a momentum
  double weight_decay = 0;          // lambda, of the penalty lambda/2 |W|^2
  bool decay_only_weights = false;  // and leave biases, gains, slopes and tables alone
};

/// The report's step W -= lr g, and with it PyTorch's optim.SGD:
///
///     g' = g + lambda W;  v = mu v + g' (v = g' at first);  W -= lr v, or lr (g' + mu v) with
///     nesterov.
///
/// Polyak, USSR Comp. Math. 4(5), 1964; Sutskever et al., ICML 2013. ArgumentError for a momentum
/// or a weight decay that is negative or not finite, and for nesterov without momentum.
class GradientDescent final : public UpdateRule {
 public:
  explicit GradientDescent(const GradientDescentOptions& options = {});

  bool is_plain() const override { return options_.momentum == 0 && options_.weight_decay == 0; }
  std::string describe() const override;
  std::vector<std::pair<std::string, Slot*>> slots() override;

 protected:
  void move(std::size_t i, Parameter& parameter, double lr) override;

 private:
  GradientDescentOptions options_;
  Slot velocity_;
};

}}  // namespace nn::NN_PRECISION
