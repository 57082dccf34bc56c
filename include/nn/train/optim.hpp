#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "nn/data/dataset.hpp"
#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"
#include "nn/train/clipping.hpp"
#include "nn/train/gradient_descent.hpp"
#include "nn/train/team.hpp"

namespace nn { inline namespace NN_PRECISION {

namespace detail {
class Contents;
}

/// One step on a batch: forward, loss, backward, update. The gradient is that of
///
///     L = sum_i w_i cost_i / divisor of the reduction,
///
/// each example's weight w_i being 1 unless it is given. The update is W -= step dL/dW, or what
/// another rule makes of it:
///
///     nn::Optim optim(net, loss, 1e-3);                   // reduction: mean, as in PyTorch
///     nn::Optim optim(net, loss, 1e-3, nn::Adam());
///     nn::Optim optim(net, loss, 1e-3, nn::Reduction::sum, nn::Adam());
///
/// The network and the loss must outlive it. The network may change between two steps under a rule
/// that keeps nothing for each parameter, such as plain descent; others need a new Optim.
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

  /// x: (batch, ...), y: targets of the loss, weight: (batch), the examples' weights, or empty: all
  /// are 1. Returns the batch's mean cost by weight, before the update. An empty batch, or one
  /// whose weights are all 0, changes no parameter and costs 0. A cost that is not finite changes
  /// no parameter either; it is returned. Allocates nothing once it has seen a batch of that size.
  /// ShapeError if an example has no weight; RangeError for a weight that is negative or not
  /// finite.
  double step(const Tensor& x, const Tensor& y, const Tensor& weight = {});
  /// The total weight of the last step's examples.
  double batch_weight() const { return batch_weight_; }

  /// What it was given.
  Module& net() const { return net_; }
  const Loss& loss() const { return loss_; }
  Reduction reduction() const { return reduction_; }
  UpdateRule& rule() const;
  /// The step size of the next steps. ArgumentError unless it is finite and not negative.
  double step_size() const { return step_; }
  void set_step_size(double step);
  /// What random layers, such as Dropout, draw from, with the number of the step: 0 unless set.
  std::uint64_t seed() const { return seed_; }
  void set_seed(std::uint64_t seed) { seed_ = seed; }
  /// Limits of the gradients, before each update: optim.set_clipping({.norm = 1}). A gradient whose
  /// norm is not finite then makes no step, and step() returns the norm. ArgumentError as
  /// check_clipping().
  const Clipping& clipping() const { return clipping_; }
  void set_clipping(const Clipping& clipping);
  /// The norm of the last step's gradient, its values clipped, before the norm was limited; NaN
  /// without clipping.
  double gradient_norm() const { return gradient_norm_; }
  /// Cuts larger batches into micro-batches of so many rows, the last of which may be smaller; 0,
  /// the start, cuts none. Each goes through the network by itself, which saves memory. Their
  /// gradients are summed in a fixed order, and one step is made: that of the whole batch but for
  /// rounding. Only BatchNorm and its like see a micro-batch as their batch; running statistics
  /// take over the mean over all, weighted by rows. A last micro-batch of one row is then an error.
  /// ArgumentError for a negative size.
  Index micro_batch() const { return micro_batch_; }
  void set_micro_batch(Index rows);
  /// Processes that make each step together, each called with the same batch; null, the start: this
  /// one works alone. The bits are those of one process with the same micro-batches, which have to
  /// be set: else the step throws ArgumentError. The team must outlive the steps.
  Team* team() const { return team_; }
  void set_team(Team* team) { team_ = team; }
  /// Which of a batch's rows this process needs, all unless it is in a team; and step() for one
  /// that has only them: ShapeError for another number of rows.
  Team::Share own_rows(Index batch_rows) const;
  double step_own(const Dataset& own, Index batch_rows);

 private:
  /// A parameter that the network trains.
  struct Trained {
    Parameter* parameter = nullptr;
    bool adds_once = false;  // one user adds to its gradient once, and all of it is the step
    Tensor kept_grad;        // while a step lasts
  };
  class GradientScope;
  struct Costs {
    double sum, weight;  // of the examples: of weight times cost, and of the weights
  };
  /// A batch in micro-batches.
  struct Parts {
    const Dataset& own;  // the rows of this process
    Index rows, count;   // of the whole batch: rows, micro-batches
    Team::Share share;   // which of these are this process's
    bool fused;          // as for propagate()
  };

  Optim(Module& net, const Loss& loss, double step, Reduction reduction,
        std::unique_ptr<UpdateRule> rule);
  void find_parameters();
  /// Forward, loss and backward. The gradients are those of the whole batch's loss by the part's
  /// costs, or the plain rule's steps by them if `fused`. A part that is the whole has its own
  /// weight.
  Costs propagate(const Dataset& part, Index first_row, std::optional<double> whole_weight,
                  bool fused);
  void move(bool fused);

  // micro_batches.cpp
  Index count_parts(Index rows) const;
  Costs accumulate(const Dataset& own, Index rows, bool fused);
  double weight_of_all(const Parts& parts) const;
  bool add_parts(const Parts& parts, Index begin, Index end, double whole_weight);
  double propagate_rows(const Parts& parts, Index begin, Index end, double whole_weight);
  std::size_t sums_at_once() const;
  void keep_sums(double share);
  void add_last_sums();
  void complete_sums(const Parts& parts);

  Module& net_;
  const Loss& loss_;
  double step_;
  Reduction reduction_;
  std::uint64_t seed_ = 0;
  Clipping clipping_;
  double gradient_norm_ = std::numeric_limits<double>::quiet_NaN();
  Index micro_batch_ = 0;
  Team* team_ = nullptr;
  double batch_weight_ = 0;
  std::unique_ptr<UpdateRule> rule_;
  // Found anew for each step, into the same memory.
  std::unique_ptr<detail::Contents> contents_;
  std::vector<Trained> trained_;
  std::vector<ParameterPtr> parameters_;
  std::vector<Tensor> partial_sums_;  // over micro-batches
  std::vector<double> part_costs_;    // of each of them
};

}}  // namespace nn::NN_PRECISION
