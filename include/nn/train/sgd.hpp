#pragma once

#include <concepts>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "nn/core/rng.hpp"
#include "nn/data/dataset.hpp"
#include "nn/train/optim.hpp"
#include "nn/train/schedule.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What an epoch's callback is told.
struct Epoch {
  Index epoch;             // 1, 2, ...
  Index iterations;        // batches so far
  double loss;             // mean cost over the epoch's examples, each before its batch's update
  double validation_loss;  // mean cost after the epoch; NaN without a validation part
};

/// Called after each epoch; returning false stops the training, returning nothing goes on.
class EpochCallback {
 public:
  EpochCallback() = default;
  template <class Function>
  requires std::invocable<Function&, const Epoch&> EpochCallback(Function f)
      : call_([f = std::move(f)](const Epoch& epoch) mutable {
          if constexpr (std::is_void_v<std::invoke_result_t<Function&, const Epoch&>>) {
            f(epoch);
            return true;
          } else {
            return static_cast<bool>(f(epoch));
          }
        }) {}

  bool operator()(const Epoch& epoch) const { return !call_ || call_(epoch); }

 private:
  std::function<bool(const Epoch&)> call_;
};

/// Training ends with the first limit that is reached; at least one of epochs and iterations is
/// set.
struct SGDOptions {
  Index batch_size = 32;                // the last batch of an epoch may be smaller
  Index epochs = 0;                     // passes over the data; 0: no limit
  Index iterations = 0;                 // batches, over all epochs; 0: no limit
  bool drop_last = false;               // leave it out if it is
  bool shuffle = true;                  // a new order for each epoch, from the generator
  const Dataset* validation = nullptr;  // held-out part: the parameters that do best on it are kept
  Index patience = 0;                   // epochs without a better validation loss; 0: no limit
  Schedule schedule = {};               // sets the Optim's step size for each iteration
  Index first_iteration = 0;            // of the schedule: the rule's steps() if it was loaded
};

struct TrainingResult {
  Index epochs = 0, iterations = 0;
  /// A cost, or after an epoch a parameter or the validation loss, was not finite: training
  /// stopped.
  bool diverged = false;
  std::string where;  // of a divergence: "iteration 12: 0.weight is not finite"
  /// With a validation part: the epoch whose parameters were kept, and its validation loss. 0 and
  /// NaN if no validation loss was finite; the parameters are then the last ones.
  Index best_epoch = 0;
  double best_loss = std::numeric_limits<double>::quiet_NaN();
};

/// Training on minibatches: cuts the data in batches, each example once an epoch, and steps on
/// each. SGD is the report's name for it; the update rule is the Optim's, Adam as well as plain
/// descent. Examples may have weights, by which costs are averaged. The data are not changed.
/// ArgumentError for options that make no sense, an empty validation part and a first_iteration
/// beyond UpdateRule::max_steps among them; what evaluate() throws for the validation part, before
/// any step. If the loss refuses a target, the RangeError names its row in the data, not in the
/// batch.
///
/// Thread safety: several trainings may run in threads of their own, each on its own network, Optim
/// and Rng. They may share the data and the loss.
TrainingResult SGD(Optim& optim, const Dataset& train, const SGDOptions& options, Rng& rng,
                   const EpochCallback& callback = {});

}}  // namespace nn::NN_PRECISION
