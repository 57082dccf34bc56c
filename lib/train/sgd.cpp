#include "nn/train/sgd.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/best_parameters.hpp"
#include "nn/train/metrics.hpp"

namespace nn::inline NN_PRECISION {
namespace {

void check(const Dataset& train, const SGDOptions& options) {
  if (options.batch_size < 1)
    throw ArgumentError("SGD: batch_size " + std::to_string(options.batch_size));
  if (options.epochs < 0 || options.iterations < 0 || options.patience < 0)
    throw ArgumentError("SGD: epochs, iterations and patience must not be negative");
  if (options.epochs == 0 && options.iterations == 0)
    throw ArgumentError("SGD: set epochs or iterations");
  if (train.size() == 0) throw ArgumentError("SGD: no training examples");
  if (options.patience > 0 && !options.validation)
    throw ArgumentError("SGD: patience needs a validation part");
  if (options.validation && options.validation->size() == 0)
    throw ArgumentError("SGD: the validation part is empty");
}

std::string first_not_finite(const Module& net) {
  for (const auto& [name, parameter] : net.named_parameters())
    if (!all_finite(parameter->value)) return name + " is not finite";
  return "the loss is not finite";
}

/// Steps on every batch of an epoch, in that order; returns the mean cost, not finite if one was
/// not.
double run_epoch(Optim& optim, const Dataset& train, std::span<const Index> order,
                 const SGDOptions& options, TrainingResult& result) {
  double total = 0;
  std::size_t done = 0;
  while (done < order.size()) {
    std::size_t size = std::min(static_cast<std::size_t>(options.batch_size), order.size() - done);
    Dataset batch = take(train, order.subspan(done, size));
    double cost = optim.step(batch.x, batch.y);
    ++result.iterations;
    done += size;
    total += cost * static_cast<double>(size);
    if (!std::isfinite(cost) || result.iterations == options.iterations) break;
  }
  return total / static_cast<double>(done);
}

}  // namespace

TrainingResult SGD(Optim& optim, const Dataset& train, const SGDOptions& options, Rng& rng,
                   const EpochCallback& callback) {
  check(train, options);
  TrainingResult result;
  BestParameters best(optim.net());
  std::vector<Index> order(static_cast<std::size_t>(train.size()));
  std::iota(order.begin(), order.end(), Index{0});
  for (bool more = true; more;) {
    if (options.shuffle) order = rng.permutation(train.size());
    Epoch epoch{++result.epochs, 0, 0, std::numeric_limits<double>::quiet_NaN()};
    epoch.loss = run_epoch(optim, train, order, options, result);
    epoch.iterations = result.iterations;
    if (!std::isfinite(epoch.loss)) {
      result.diverged = true;
      result.where =
          "iteration " + std::to_string(result.iterations) + ": " + first_not_finite(optim.net());
    }
    if (options.validation) {
      epoch.validation_loss = evaluate(optim.net(), optim.loss(), *options.validation);
      if (best.offer(epoch.validation_loss)) result.best_epoch = result.epochs;
    }
    more = callback(epoch) && !result.diverged && result.epochs != options.epochs &&
           result.iterations != options.iterations &&
           (options.patience == 0 || result.epochs - result.best_epoch < options.patience);
  }
  if (options.validation) {
    best.restore();
    result.best_loss = best.loss();
  }
  return result;
}

}  // namespace nn::inline NN_PRECISION
