#pragma once

#include <concepts>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/core/rng.hpp"
#include "nn/data/dataset.hpp"
#include "nn/data/source.hpp"
#include "nn/train/checkpoint_options.hpp"
#include "nn/train/optim.hpp"
#include "nn/train/schedule.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What a callback is told after each batch.
struct Iteration {
  Index epoch;       // 1, 2, ...
  Index iteration;   // batches so far
  double loss;       // the batch's mean cost per example, before the update
  double step_size;  // of the update
  double seconds;    // since the training began
};

/// What a callback is told after each epoch.
struct Epoch {
  Index epoch;             // 1, 2, ...
  Index iterations;        // batches so far
  double loss;             // mean cost over the epoch's examples, each before its batch's update
  double validation_loss;  // mean cost after the epoch; NaN without a validation part
  double step_size;        // of the last batch
  double seconds;          // since the training began
  std::vector<double> measures;  // the values of SGDOptions::measures
};

/// Called after each epoch or batch; returning false stops the training, returning nothing goes on.
template <class Event>
class Callback {
 public:
  Callback() = default;
  template <class Function>
  requires std::invocable<Function&, const Event&> Callback(Function f)
      : call_([f = std::move(f)](const Event& event) mutable {
          if constexpr (std::is_void_v<std::invoke_result_t<Function&, const Event&>>) {
            f(event);
            return true;
          } else {
            return static_cast<bool>(f(event));
          }
        }) {}

  /// Whether there is a function; what it returns, true without one or if it returns nothing.
  explicit operator bool() const { return static_cast<bool>(call_); }
  bool operator()(const Event& event) const { return !call_ || call_(event); }

 private:
  std::function<bool(const Event&)> call_;
};
/// A callback of each kind.
using IterationCallback = Callback<Iteration>;
using EpochCallback = Callback<Epoch>;

/// A number that is taken after each epoch, such as the accuracy on some part.
struct Measure {
  std::string name;
  std::function<double(const Module& net)> value;
};

/// Training ends with the first limit that is reached; at least one of epochs and iterations is
/// set.
struct SGDOptions {
  Index batch_size = 32;   // the last batch of an epoch may be smaller
  Index epochs = 0;        // passes over the data; 0: no limit
  Index iterations = 0;    // batches, over all epochs; 0: no limit
  bool drop_last = false;  // leave out a smaller last batch
  bool shuffle = true;     // a new order for each epoch, from the generator
  /// A held-out part. When SGD returns, the network has the parameters of the epoch with the lowest
  /// loss on it; if a callback throws, it has the last ones.
  const Dataset* validation = nullptr;
  Index patience = 0;                   // epochs without a better validation loss; 0: no limit
  double min_delta = 0;                 // patience: by how much a better loss has to be lower
  Schedule schedule = {};               // sets the Optim's step size for each iteration
  bool prefetch = false;                // reads the next batch while the network steps on this one
  std::vector<Measure> measures = {};   // taken after each epoch
  IterationCallback on_iteration = {};  // called after each batch
  /// A CSV file that gets a row as soon as an epoch has ended, so that it survives the end of the
  /// process: epoch, iterations, seconds, step_size, loss, validation_loss, and the measures. A
  /// resumed training writes it anew with the rows up to its checkpoint. DataError if it cannot be
  /// written.
  std::string history = {};
  /// With a folder, a training that is killed can be resumed.
  CheckpointOptions checkpoint = {};
  bool progress = false;  // a line on standard error, if that is a terminal
};

/// Thrown by TrainingResult::check().
struct DivergenceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How a training ended.
struct [[nodiscard]] TrainingResult {
  Index epochs = 0;      // that were begun
  Index iterations = 0;  // batches, over all epochs
  double seconds = 0;    // from the beginning to the end of the last epoch, without interruptions
  /// A cost, or after an epoch a parameter or the validation loss, was not finite: training
  /// stopped.
  bool diverged = false;
  /// Of a divergence, with what was not finite: a parameter, x, or the first layer of a Sequential
  /// whose output was not: "iteration 12: the output of layer 1, TanH is not finite".
  std::string where;
  /// With a validation part: the epoch whose parameters were kept, and its validation loss. 0 and
  /// NaN if no validation loss was finite; the parameters are then the last ones.
  Index best_epoch = 0;
  double best_loss = std::numeric_limits<double>::quiet_NaN();

  /// Throws DivergenceError, which says where, if the training diverged.
  const TrainingResult& check() const;
};

/// Training on minibatches: cuts the data in batches, each example once an epoch, and steps on
/// each. SGD is the report's name for it; the update rule is the Optim's, Adam as well as plain
/// descent. Examples may have weights, by which costs are averaged. The data are not changed.
/// ArgumentError for options that make no sense, an empty validation part among them. Before any
/// step, throws what evaluate() throws for the validation part, and DataError for a checkpoint that
/// is damaged or of a training with other settings; nothing has changed then. The limits above may
/// be others than before. If the loss refuses a target, the RangeError names its row in the data,
/// not in the batch. After net.train(false), layers behave as in use here too: a Dropout drops
/// nothing.
///
/// Prefetching changes no bit. The source is then read on a thread of its own, never across the end
/// of an epoch.
///
/// Thread safety: several trainings may run in threads of their own, each on its own network,
/// Optim, source and Rng. They may share a Dataset and the loss.
TrainingResult SGD(Optim& optim, ExampleSource& train, const SGDOptions& options, Rng& rng,
                   const EpochCallback& callback = {});
TrainingResult SGD(Optim& optim, const Dataset& train, const SGDOptions& options, Rng& rng,
                   const EpochCallback& callback = {});

}}  // namespace nn::NN_PRECISION
