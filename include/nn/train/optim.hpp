#pragma once

#include <concepts>
#include <memory>
#include <utility>
#include <vector>

#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"
#include "nn/train/gradient_descent.hpp"

namespace nn::inline NN_PRECISION {

/// One step on a batch: forward, loss, backward, update. The gradient is that of
///     L = sum of the examples' costs / divisor of the reduction,
/// and the update W -= step dL/dW, or what another rule makes of it:
///     nn::Optim optim(net, loss, 1e-3, nn::Reduction::mean, nn::Adam());
/// The network and the loss must outlive it.
///
/// Where the update is W -= step dL/dW and nothing else (GradientDescent as it comes), a Linear
/// that shares its parameters with no other layer takes W - step x^T dL/dz in a single product: its
/// gradient tensor is then not written, and should a layer's backward throw, those behind it have
/// moved.
class Optim {
 public:
  /// ArgumentError unless the step is finite and not negative.
  Optim(Module& net, const Loss& loss, double step, Reduction reduction)
      : Optim(net, loss, step, reduction, GradientDescent()) {}
  template <std::derived_from<UpdateRule> Rule>
  Optim(Module& net, const Loss& loss, double step, Reduction reduction, Rule rule)
      : Optim(net, loss, step, reduction, std::make_unique<Rule>(std::move(rule))) {}

  /// x: (batch, ...), y: targets of the loss. Returns the batch's mean cost per example, before the
  /// update. An empty batch changes no parameter and costs 0; nor does a cost that is not finite,
  /// which is returned. Allocates nothing once it has seen a batch of that size.
  double step(const Tensor& x, const Tensor& y);

  Module& net() const { return net_; }
  const Loss& loss() const { return loss_; }
  Reduction reduction() const { return reduction_; }
  UpdateRule& rule() const { return *rule_; }
  double step_size() const { return step_; }
  void set_step_size(double step);

 private:
  Optim(Module& net, const Loss& loss, double step, Reduction reduction,
        std::unique_ptr<UpdateRule> rule);

  void find_sole();
  void redirect(bool plain);
  void restore() noexcept;

  Module& net_;
  const Loss& loss_;
  double step_;
  Reduction reduction_;
  std::unique_ptr<UpdateRule> rule_;
  // The network's parameters: all, those that one Linear alone trains, in a single product, and the
  // others.
  std::vector<ParameterPtr> known_, sole_, others_;
};

}  // namespace nn::inline NN_PRECISION
