#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of ReduceOnPlateau.
struct ReduceOnPlateauOptions {
  double factor = 0.1;      // the step size becomes factor times itself
  Index patience = 10;      // how many losses in a row may be no better
  double threshold = 1e-4;  // better is below best (1 - threshold)
  Index cooldown = 0;       // how many losses after a reduction do not count
  double min_lr = 0;        // but not less than this
};

/// Makes the step size smaller where the loss no longer falls: PyTorch's ReduceLROnPlateau with its
/// defaults, for losses and a relative threshold. It has a state, so it is no
/// Schedule; give it the loss after each epoch. Leave SGDOptions::schedule out, which would set the
/// step size anew:
///
///     nn::ReduceOnPlateau plateau(optim.step_size(), {.patience = 5});
///     nn::SGD(optim, train, options, rng, [&](const nn::Epoch& epoch) {
///       optim.set_step_size(plateau.step(epoch.validation_loss));
///     });
///
/// CheckpointOptions::states shows how its state travels in checkpoints. Use it in one thread at a
/// time.
class ReduceOnPlateau {
 public:
  /// ArgumentError unless lr is finite, factor and threshold lie in [0, 1), and nothing is
  /// negative.
  explicit ReduceOnPlateau(double lr, const ReduceOnPlateauOptions& options = {});

  /// Takes the next loss into account; returns the step size from now on. ArgumentError for NaN,
  /// which Epoch::validation_loss is without a validation part: give Epoch::loss there.
  double step(double loss);
  /// The step size from now on.
  double lr() const { return lr_; }

  /// What it remembers, as text; set_state() goes on from there. The options are not in it.
  /// DataError for text that state() did not give; nothing has changed then.
  std::string state() const;
  void set_state(std::string_view state);

 private:
  ReduceOnPlateauOptions options_;
  double lr_;
  double best_ = std::numeric_limits<double>::infinity();
  Index bad_ = 0;   // losses in a row that were no better,
  Index rest_ = 0;  // and those to come that do not count
};

}}  // namespace nn::NN_PRECISION
