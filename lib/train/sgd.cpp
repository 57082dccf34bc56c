#include "nn/train/sgd.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/data/batches.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/best_parameters.hpp"
#include "nn/train/metrics.hpp"
#include "ops/row_error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

void check(const SGDOptions& options) {
  if (options.epochs < 0 || options.iterations < 0 || options.patience < 0 ||
      options.first_iteration < 0)
    throw ArgumentError(
        "SGD: epochs, iterations, patience and first_iteration must not be negative");
  if (options.first_iteration > UpdateRule::max_steps)
    throw ArgumentError("SGD: first_iteration " + std::to_string(options.first_iteration) +
                        " is beyond " + std::to_string(UpdateRule::max_steps));
  if (options.epochs == 0 && options.iterations == 0)
    throw ArgumentError("SGD: set epochs or iterations");
  if (options.patience > 0 && !options.validation)
    throw ArgumentError("SGD: patience needs a validation part");
  if (options.validation && options.validation->size() == 0)
    throw ArgumentError("SGD: the validation part is empty");
}

/// What is not finite: a parameter by name, "the loss", or "the validation loss" if there is one;
/// empty if all is well.
std::string not_finite(const Module& net, const Epoch& epoch, bool validated) {
  for (const auto& [name, parameter] : net.named_parameters())
    if (!all_finite(parameter->value)) return name;
  if (!std::isfinite(epoch.loss)) return "the loss";
  return !validated || std::isfinite(epoch.validation_loss) ? "" : "the validation loss";
}

/// Optim::step() on a batch. A bad target is named by its row in the data set.
double step(Optim& optim, const Batches& batches, const Dataset& batch) {
  try {
    return optim.step(batch.x, batch.y, batch.weight);
  } catch (const detail::RowError& error) {
    if (error.row() >= batch.size()) throw;  // not a row of the batch
    throw error.with_row(batches.rows()[static_cast<std::size_t>(error.row())]);
  }
}

/// Steps on the batches of one epoch; returns their mean cost, not finite if one was not; 0 if all
/// weights are 0.
double run_epoch(Optim& optim, Batches& batches, const SGDOptions& options,
                 TrainingResult& result) {
  double total = 0, total_weight = 0;
  do {
    Dataset batch = batches.next();
    if (options.schedule)
      optim.set_step_size(options.schedule(options.first_iteration + result.iterations));
    double cost = step(optim, batches, batch);
    ++result.iterations;
    const double weight = batch.total_weight();
    total += cost * weight;
    total_weight += weight;
    if (!std::isfinite(cost) || result.iterations == options.iterations) break;
  } while (!batches.at_epoch_end());
  return total_weight == 0 ? total : total / total_weight;
}

}  // namespace

TrainingResult SGD(Optim& optim, const Dataset& train, const SGDOptions& options, Rng& rng,
                   const EpochCallback& callback) {
  check(options);
  // A part that cannot be evaluated must not come to light after an epoch of steps.
  if (options.validation) evaluate(optim.net(), optim.loss(), *options.validation);
  TrainingResult result;
  BestParameters best(optim.net());
  Batches batches(train, options.batch_size, rng, options.shuffle, options.drop_last);
  for (bool more = true; more;) {
    Epoch epoch{++result.epochs, 0, 0, std::numeric_limits<double>::quiet_NaN()};
    epoch.loss = run_epoch(optim, batches, options, result);
    epoch.iterations = result.iterations;
    if (options.validation) {
      epoch.validation_loss = evaluate(optim.net(), optim.loss(), *options.validation);
      if (std::isfinite(epoch.validation_loss) && best.offer(epoch.validation_loss)) {
        result.best_epoch = result.epochs;
        result.best_loss = epoch.validation_loss;
      }
    }
    if (const std::string what = not_finite(optim.net(), epoch, options.validation != nullptr);
        !what.empty()) {
      result.diverged = true;
      result.where =
          "iteration " + std::to_string(result.iterations) + ": " + what + " is not finite";
    }
    more = callback(epoch) && !result.diverged && result.epochs != options.epochs &&
           result.iterations != options.iterations &&
           (options.patience == 0 || result.epochs - result.best_epoch < options.patience);
  }
  if (options.validation) best.restore();
  return result;
}

}}  // namespace nn::NN_PRECISION
