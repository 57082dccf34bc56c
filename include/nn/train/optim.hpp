#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "nn/data/dataset.hpp"
#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"
#include "nn/train/gradient_descent.hpp"

namespace nn { inline namespace NN_PRECISION {

namespace detail {
class Contents;
}

/// One step on a batch: forward, loss, backward, update. The gradient is that of
///     L = sum of the examples' costs / divisor of the reduction,
/// or with weights that of the sum of weight times cost, divided by the sum of the weights where it
/// would be by the number of examples;
/// and the update W -= step dL/dW, or what another rule makes of it:
///     nn::Optim optim(net, loss, 1e-3);                   // reduction: mean, as in PyTorch
///     nn::Optim optim(net, loss, 1e-3, nn::Adam());
///     nn::Optim optim(net, loss, 1e-3, nn::Reduction::sum, nn::Adam());
/// The network and the loss must outlive it. The network may change between two steps, as long as
/// the rule keeps nothing for each parameter.
///
/// Under the plain rule, GradientDescent as it comes, gradients hold nothing of use after a step,
/// and if backward throws, layers that it has passed have moved already.
///
/// Thread safety: one Optim, and its network, in one thread at a time.
class Optim {
 public:
  /// ArgumentError unless the step is finite and not negative.
  Optim(Module& net, const Loss& loss, double step, Reduction reduction = Reduction::mean)
      : Optim(net, loss, step, reduction, GradientDescent()) {}
  template <std::derived_from<UpdateRule> Rule>
  Optim(Module& net, const Loss& loss, double step, Reduction reduction, Rule rule)
      : Optim(net, loss, step, reduction, std::make_unique<Rule>(std::move(rule))) {}
  template <std::derived_from<UpdateRule> Rule>
  Optim(Module& net, const Loss& loss, double step, Rule rule)
      : Optim(net, loss, step, Reduction::mean, std::move(rule)) {}
  /// A loss that is gone after this line: give it a name.
  template <class... Rest>
  Optim(Module& net, const Loss&& loss, double step, Rest&&...) = delete;
  /// Using an Optim that was moved from throws ArgumentError.
  Optim(Optim&&) noexcept;
  ~Optim();

  /// x: (batch, ...), y: targets of the loss, weight: (batch), how much each example counts, or
  /// empty: all count 1. Returns the batch's mean cost, before the update. An empty batch changes
  /// no parameter and costs 0, as does one whose weights are all 0; nor does a cost that is not
  /// finite, which is returned. Allocates nothing once it has seen a batch of that size. ShapeError
  /// unless each example has a weight; RangeError for one that is negative or not finite.
  double step(const Tensor& x, const Tensor& y, const Tensor& weight = {});

  Module& net() const { return net_; }
  const Loss& loss() const { return loss_; }
  Reduction reduction() const { return reduction_; }
  UpdateRule& rule() const;
  double step_size() const { return step_; }
  void set_step_size(double step);
  /// What random layers, such as Dropout, draw from, with the number of the step: 0 unless set.
  std::uint64_t seed() const { return seed_; }
  void set_seed(std::uint64_t seed) { seed_ = seed; }

 private:
  /// A parameter that the network trains.
  struct Trained {
    Parameter* parameter = nullptr;
    bool adds_once = false;  // has one user, which adds to its gradient once; is not frozen
    Tensor kept_grad;        // while a step lasts
  };
  class GradientScope;
  struct Costs {
    double sum, weight;  // of the examples: of weight times cost, and of the weights
  };

  static Costs weigh(const Tensor& costs, const Dataset& batch);
  static void scale_rows(double factor, const Tensor& weight, Tensor& delta);
  Costs propagate(const Dataset& batch, bool plain);

  Optim(Module& net, const Loss& loss, double step, Reduction reduction,
        std::unique_ptr<UpdateRule> rule);
  void find_parameters();

  Module& net_;
  const Loss& loss_;
  double step_;
  Reduction reduction_;
  std::uint64_t seed_ = 0;
  std::unique_ptr<UpdateRule> rule_;
  // Found anew for each step, into the same memory.
  std::unique_ptr<detail::Contents> contents_;
  std::vector<Trained> trained_;
  std::vector<ParameterPtr> parameters_;
};

}}  // namespace nn::NN_PRECISION
