#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What an update rule keeps of one kind: a tensor for each parameter, in its shape. A copy has
/// tensors of its own.
struct Slot : std::vector<Tensor> {
  Slot() = default;
  Slot(const Slot& other) : std::vector<Tensor>(other) {
    for (Tensor& tensor : *this) tensor = tensor.clone();
  }
  Slot(Slot&&) noexcept = default;
  Slot& operator=(Slot other) noexcept {
    swap(other);
    return *this;
  }
  ~Slot() = default;
};

/// Which parameters decay, and how fast: the penalty is lambda/2 |W|^2.
struct WeightDecay {
  double lambda = 0;  // 0: none
  /// Whether parameters of another kind than ParameterKind::weight, such as biases and gains, are
  /// left alone.
  bool only_weights = false;
};

/// How parameters move on their gradients g = dL/dW, one step of size lr at a time. A rule may keep
/// tensors for each parameter between steps, its slots: it then belongs to one network, and saving
/// it with the network lets a training go on as if it had never stopped. Use it in one thread at a
/// time.
class UpdateRule {
 public:
  virtual ~UpdateRule() = default;

  /// One step, for all but frozen parameters. ArgumentError if the rule has slots, and not for
  /// these parameters in this order and of these shapes, and if elements of a value share memory.
  /// ShapeError for a gradient of another shape than its value. Nothing has moved then.
  void update(const std::vector<ParameterPtr>& parameters, double lr);
  /// The steps so far.
  Index steps() const { return steps_; }

  /// Whether a step is W -= lr g, and nothing is kept. An Optim then makes the step itself and
  /// calls update() without parameters, which counts it.
  virtual bool is_plain() const { return false; }
  /// The rule and its settings: "Adam(0.9, 0.999, epsilon 1e-08, weight decay 0)".
  virtual std::string describe() const = 0;
  /// What is kept, by name: zeros at the first step, nothing before.
  virtual std::vector<std::pair<std::string, Slot*>> slots() { return {}; }
  /// More steps than any training makes.
  static constexpr Index max_steps = Index{1} << 53;
  /// For each parameter that the slots belong to, the steps that it was frozen in.
  const std::vector<Index>& frozen_steps() const { return frozen_steps_; }
  /// Goes on from the given numbers of steps; the slots, zeros now, are to be filled by the caller.
  /// Without frozen_steps, none was frozen. ArgumentError unless steps is from 0 to max_steps, and
  /// there is a number from 0 to steps for each parameter.
  void resume(Index steps, const std::vector<ParameterPtr>& parameters,
              std::vector<Index> frozen_steps = {});

 protected:
  UpdateRule() = default;
  /// ArgumentError unless lambda is >= 0 and finite, as a Scalar too.
  explicit UpdateRule(const WeightDecay& decay);
  /// lambda for this parameter, 0 if it does not decay.
  double decay_of(const Parameter& parameter) const;
  /// g' = g + lambda W.
  Tensor decayed_gradient(const Parameter& parameter) const;
  /// ", weight decay 0.1", for describe().
  std::string describe_decay() const;

  /// The steps that have moved parameter i.
  Index steps_of(std::size_t i) const { return steps_ - frozen_steps_[i]; }

  /// Moves parameter i.
  virtual void move(std::size_t i, Parameter& parameter, double lr) = 0;

 private:
  WeightDecay decay_;
  Index steps_ = 0;
  bool has_slots_ = false;
  std::vector<Index> frozen_steps_;
  std::vector<ParameterPtr> kept_for_;  // what the slots belong to,
  std::vector<Shape> kept_shapes_;      // and its shapes then
};

}}  // namespace nn::NN_PRECISION
