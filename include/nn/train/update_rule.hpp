#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nn/modules/module.hpp"

namespace nn::inline NN_PRECISION {

/// How parameters move on their gradients g = dL/dW, one step of size lr at a time. A rule may keep
/// tensors for each parameter between steps (its slots, shaped as the parameters): it belongs to
/// one network, and saving it with the network lets a training go on as if it had never stopped.
class UpdateRule {
 public:
  virtual ~UpdateRule() = default;

  /// One step; the parameters are the same, in the same order, each time.
  void update(const std::vector<ParameterPtr>& parameters, double lr);
  /// The steps so far.
  Index steps() const { return steps_; }

  /// Whether a step is W -= lr g, and nothing is kept.
  virtual bool is_plain() const { return false; }
  /// The rule and its settings: "Adam(0.9, 0.999, eps 1e-08)".
  virtual std::string describe() const = 0;
  /// What is kept, by name: one tensor for each parameter, none before the first step.
  virtual std::vector<std::pair<std::string, std::vector<Tensor>*>> slots() { return {}; }
  /// Goes on from the given number of steps; the slots are then to be filled by the caller.
  void resume(Index steps, const std::vector<ParameterPtr>& parameters);

 protected:
  /// Called before the first step of the rule, or of a resumed one.
  virtual void start(Index steps, const std::vector<ParameterPtr>& parameters) = 0;
  /// Moves parameter i.
  virtual void move(std::size_t i, Parameter& parameter, double lr) = 0;
  /// Called before each step.
  virtual void begin_step() {}

  static std::vector<Tensor> zeros_like(const std::vector<ParameterPtr>& parameters);

 private:
  Index steps_ = 0;
  bool started_ = false;
};

}  // namespace nn::inline NN_PRECISION
