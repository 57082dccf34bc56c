#include "nn/train/sgd.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "nn/core/error.hpp"
#include "nn/data/batches.hpp"
#include "nn/train/best_parameters.hpp"
#include "nn/train/metrics.hpp"
#include "ops/row_error.hpp"
#include "train/batch_reader.hpp"
#include "train/history.hpp"
#include "train/not_finite.hpp"
#include "train/progress.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

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
  if (!(options.min_delta >= 0)) throw ArgumentError("SGD: min_delta must not be negative");
  if (options.patience > 0 && !options.validation)
    throw ArgumentError("SGD: patience needs a validation part");
  for (const Measure& measure : options.measures)
    if (!measure.value)
      throw ArgumentError("SGD: the measure " + measure.name + " has no function");
  if (options.validation && options.validation->size() == 0)
    throw ArgumentError("SGD: the validation part is empty");
}

/// The iteration at which the first limit is reached.
Index last_iteration(const SGDOptions& options, Index batches_per_epoch) {
  constexpr Index none = std::numeric_limits<Index>::max();
  Index by_epochs = none;
  if (options.epochs > 0 && __builtin_mul_overflow(options.epochs, batches_per_epoch, &by_epochs))
    by_epochs = none;
  return std::min(by_epochs, options.iterations > 0 ? options.iterations : none);
}

/// Optim::step() on a batch. A bad target is named by its row in the data.
double step(Optim& optim, const detail::ReadBatch& batch) {
  try {
    return optim.step(batch.data.x, batch.data.y, batch.data.weight);
  } catch (const detail::RowError& error) {
    if (error.row() >= batch.data.size()) throw;  // not a row of the batch
    throw error.with_row(batch.rows[static_cast<std::size_t>(error.row())]);
  }
}

class Training {
 public:
  Training(Optim& optim, ExampleSource& train, const SGDOptions& options, BatchOrder& order)
      : optim_(optim),
        options_(options),
        end_(last_iteration(options, order.batches_per_epoch())),
        reader_(train, order, options.first_iteration, end_, options.prefetch),
        best_(optim.net()),
        progress_(options.progress, options.first_iteration, end_) {
    result_.iterations = options.first_iteration;
    result_.epochs = waits_from_ = options.first_iteration / order.batches_per_epoch();
  }

  TrainingResult run(const EpochCallback& callback) {
    const detail::History history(options_, result_.epochs);
    bool more = result_.iterations < end_;
    while (more) {
      ++result_.epochs;
      Epoch epoch = run_epoch();
      if (options_.validation) validate(epoch);
      for (const Measure& m : options_.measures) epoch.measures.push_back(m.value(optim_.net()));
      if (!result_.diverged) diverge(what_is_not_finite(epoch));
      epoch.seconds = seconds();
      history.add(epoch);
      more = callback(epoch) && !stopped_ && !result_.diverged && result_.iterations < end_ &&
             (options_.patience == 0 || result_.epochs - waits_from_ < options_.patience);
    }
    if (options_.validation) best_.restore();
    return result_;
  }

 private:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  /// Steps on the batches of an epoch, as far as it goes.
  Epoch run_epoch() {
    double total = 0, total_weight = 0;
    bool more = true;
    while (more) {
      const detail::ReadBatch& batch = reader_.next();
      if (options_.schedule) optim_.set_step_size(options_.schedule(batch.iteration));
      const double cost = step(optim_, batch);
      ++result_.iterations;
      const double weight = batch.data.total_weight();
      total += cost * weight;
      total_weight += weight;
      if (!std::isfinite(cost)) diverge(what_is_not_finite(batch));
      if (options_.on_iteration || options_.progress) tell(cost);
      more = !batch.ends_epoch && !result_.diverged && !stopped_ && result_.iterations < end_;
    }
    return {.epoch = result_.epochs,
            .iterations = result_.iterations,
            .loss = total_weight == 0 ? total : total / total_weight,
            .validation_loss = kNaN,
            .step_size = optim_.step_size(),
            .seconds = 0,
            .measures = {}};
  }

  void tell(double cost) {
    const Iteration now{result_.epochs, result_.iterations, cost, optim_.step_size(), seconds()};
    progress_.update(now);
    stopped_ = !options_.on_iteration(now);
  }

  void validate(Epoch& epoch) {
    const double loss = evaluate(optim_.net(), optim_.loss(), *options_.validation);
    epoch.validation_loss = loss;
    if (!std::isfinite(loss)) return;
    if (best_.offer(loss)) {
      result_.best_epoch = epoch.epoch;
      result_.best_loss = loss;
    }
    if (loss < bar_ - options_.min_delta) {
      bar_ = loss;
      waits_from_ = epoch.epoch;
    }
  }

  /// After a cost that is not finite.
  std::string what_is_not_finite(const detail::ReadBatch& batch) const {
    std::string what = detail::not_finite_parameter(optim_.net());
    if (what.empty()) what = detail::not_finite_output(optim_.net(), batch.data.x);
    if (!what.empty()) return what;
    return optim_.clipping().is_on() ? "the loss or the norm of the gradient" : "the loss";
  }

  std::string what_is_not_finite(const Epoch& epoch) const {
    const std::string parameter = detail::not_finite_parameter(optim_.net());
    if (!parameter.empty()) return parameter;
    if (!std::isfinite(epoch.loss)) return "the loss";
    return !options_.validation || std::isfinite(epoch.validation_loss) ? ""
                                                                        : "the validation loss";
  }

  void diverge(const std::string& what) {
    if (what.empty()) return;
    result_.diverged = true;
    result_.where =
        "iteration " + std::to_string(result_.iterations) + ": " + what + " is not finite";
  }

  Optim& optim_;
  const SGDOptions& options_;
  const Index end_;
  detail::BatchReader reader_;
  BestParameters best_;
  detail::Progress progress_;
  TrainingResult result_;
  bool stopped_ = false;  // by a callback
  // What patience counts from: the last loss that was lower by min_delta.
  double bar_ = std::numeric_limits<double>::infinity();
  Index waits_from_ = 0;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

const TrainingResult& TrainingResult::check() const {
  if (diverged) throw DivergenceError("SGD: " + where);
  return *this;
}

TrainingResult SGD(Optim& optim, ExampleSource& train, const SGDOptions& options, Rng& rng,
                   const EpochCallback& callback) {
  check(options);
  // A part that cannot be evaluated must not come to light after an epoch of steps.
  if (options.validation) evaluate(optim.net(), optim.loss(), *options.validation);
  BatchOrder order(train.size(), options.batch_size, rng, options.shuffle, options.drop_last);
  if (options.first_iteration < last_iteration(options, order.batches_per_epoch()))
    order.skip(options.first_iteration);
  return Training(optim, train, options, order).run(callback);
}

TrainingResult SGD(Optim& optim, const Dataset& train, const SGDOptions& options, Rng& rng,
                   const EpochCallback& callback) {
  DatasetSource source(train);
  return SGD(optim, source, options, rng, callback);
}

}}  // namespace nn::NN_PRECISION
