#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Something that remembers, and can tell and take its memory as text: Rng, ReduceOnPlateau, and
/// any class with
///
///     std::string state() const;               // UTF-8
///     void set_state(std::string_view state);  // DataError for text that is no such state
///
/// It must outlive this object.
class State {
 public:
  /// Of an object, which it refers to.
  template <class Object>
  requires requires(Object& object, std::string_view text) {
    { object.state() } -> std::convertible_to<std::string>;
    object.set_state(text);
  }
  State(Object& object)
      : get_([&object] { return object.state(); }),
        set_([&object](std::string_view text) { object.set_state(text); }) {}

  /// The object's state(), and its set_state().
  std::string get() const { return get_(); }
  void set(std::string_view text) const { set_(text); }

 private:
  std::function<std::string()> get_;
  std::function<void(std::string_view)> set_;
};
/// By names of the user's choice.
using States = std::map<std::string, State>;

/// Checkpoints of a training by SGD: a kill at any moment loses what came after the last one, and
/// nothing else. The resumed training ends with the bits of one that was never killed:
///
///     nn::ReduceOnPlateau plateau(optim.step_size());
///     nn::SGDOptions options{.epochs = 100};
///     options.checkpoint = {.folder = "run1", .resume = true, .states = {{"plateau", plateau}}};
///     nn::SGD(optim, train, options, rng, [&](const nn::Epoch& epoch) {
///       optim.set_step_size(plateau.step(epoch.loss));
///     }).check();
///
/// A checkpoint holds parameters and buffers, the best ones too, which parameters are frozen, their
/// step scales, the update rule and the step size, where the training stands, patience, the
/// history, and the generator that SGD was given. Each is a file of its own,
/// "checkpoint-12.safetensors" after 12 iterations.
struct CheckpointOptions {
  /// Made if it does not exist; empty: no checkpoints. For one training at a time.
  std::string folder = {};
  /// Iterations from one checkpoint to the next; 0: once an epoch. There is one at the end too,
  /// unless the training ends within an epoch or a callback stops it.
  Index every = 0;
  /// How many checkpoints stay; older ones are removed.
  Index keep = 3;
  /// Goes on from the newest checkpoint; without any, begins. If this is off, a folder with
  /// checkpoints is refused.
  bool resume = false;
  /// What else remembers: what callbacks collect, other generators that are drawn from. With
  /// prefetch, a source that draws from one reads ahead of the checkpoint: let it draw by
  /// iteration.
  States states = {};
};

}}  // namespace nn::NN_PRECISION
