#include "nn/train/sgd.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "nn/core/error.hpp"
#include "nn/data/batches.hpp"
#include "nn/train/best_parameters.hpp"
#include "nn/train/metrics.hpp"
#include "ops/row_error.hpp"
#include "train/batch_reader.hpp"
#include "train/checkpoints.hpp"
#include "train/history.hpp"
#include "train/mean_cost.hpp"
#include "train/not_finite.hpp"
#include "train/progress.hpp"
#include "train/settings.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void check(const SGDOptions& options) {
  if (options.epochs < 0 || options.iterations < 0 || options.patience < 0)
    throw ArgumentError("SGD: epochs, iterations and patience must not be negative");
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
  if (options.checkpoint.every < 0 || options.checkpoint.keep < 1)
    throw ArgumentError("SGD: checkpoints: expected every >= 0 and keep >= 1");
  if (options.checkpoint.resume && options.checkpoint.folder.empty())
    throw ArgumentError("SGD: to resume, give the folder of the checkpoints");
}

/// The iteration at which the first limit is reached.
Index last_iteration(const SGDOptions& options, Index batches_per_epoch) {
  constexpr Index none = std::numeric_limits<Index>::max();
  Index by_epochs = none;
  if (options.epochs > 0 && __builtin_mul_overflow(options.epochs, batches_per_epoch, &by_epochs))
    by_epochs = none;
  return std::min(by_epochs, options.iterations > 0 ? options.iterations : none);
}

/// evaluate() on the validation part, shared in a team.
double validation_loss(const Optim& optim, const Dataset& validation) {
  const Module& net = optim.net();
  return detail::mean_cost(
      optim.loss(), validation,
      optim.team() ? predict(*optim.team(), net, validation.x) : predict(net, validation.x));
}

bool writes(const Optim& optim) { return !optim.team() || optim.team()->leads(); }

/// In a team: all processes have to be at the same point of the same training. A callback may have
/// changed something on one of them.
void compare(const Optim& optim, ExampleSource& train, const SGDOptions& options, const Rng& rng,
             Index iterations) {
  if (!optim.team()) return;
  const std::string columns = detail::History(options, false).header();
  optim.team()->compare(detail::team_settings(optim, options, train, rng, columns, iterations));
}

/// Optim::step() on a batch. A bad target is named by its row in the data.
double step(Optim& optim, const detail::ReadBatch& batch) {
  try {
    return optim.step_own(batch.data, std::ssize(batch.rows));
  } catch (const detail::RowError& error) {
    if (error.row() >= std::ssize(batch.rows)) throw;  // not a row of the batch
    throw error.with_row(batch.rows[static_cast<std::size_t>(error.row())]);
  }
}

class Training {
 public:
  Training(Optim& optim, ExampleSource& train, const SGDOptions& options, Rng& rng)
      : optim_(optim),
        source_(train),
        options_(options),
        rng_(rng),
        order_(train.size(), options.batch_size, rng, options.shuffle, options.drop_last),
        end_(last_iteration(options, order_.batches_per_epoch())),
        best_(optim.net()),
        history_(options, writes(optim)),
        checkpoints_(optim, options, train.size(), rng, history_.header()),
        progress_(options.progress && writes(optim), end_) {
    if (auto state = checkpoints_.resume(best_)) go_on(std::move(*state));
    compare(optim, train, options, rng, state_.iterations);
    reader_.emplace(optim, train, order_, state_.iterations, end_, options.prefetch);
  }

  TrainingResult run(const EpochCallback& callback) {
    history_.begin(state_.history);
    while (is_unfinished() && run_epoch(callback)) continue;
    if (options_.validation) best_.restore();
    result_.iterations = state_.iterations;
    result_.best_epoch = state_.best_epoch;
    result_.best_loss = state_.best_loss;
    result_.seconds = state_.seconds;
    return result_;
  }

 private:
  void go_on(detail::TrainingState state) {
    state_ = std::move(state);
    result_.epochs = state_.iterations / order_.batches_per_epoch();
    rng_ = state_.epoch_start;
    if (state_.iterations < end_) order_.skip(state_.iterations % order_.batches_per_epoch());
    rng_ = state_.now;
    seconds_before_ = state_.seconds;
  }

  bool is_unfinished() const {
    return state_.iterations < end_ &&
           (options_.patience == 0 || result_.epochs - state_.waits_from < options_.patience);
  }

  double seconds() const {
    return seconds_before_ +
           std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  /// Says whether to go on.
  bool run_epoch(const EpochCallback& callback) {
    ++result_.epochs;
    const bool is_whole = step_on_batches();
    Epoch epoch = summary();
    if (options_.validation) validate(epoch);
    for (const Measure& m : options_.measures) epoch.measures.push_back(m.value(optim_.net()));
    if (!result_.diverged) diverge(what_is_not_finite(epoch));
    epoch.seconds = state_.seconds = seconds();
    state_.history += history_.add(epoch);
    if (!decide(callback(epoch)) || stopped_ || result_.diverged) return false;
    compare(optim_, source_, options_, rng_, state_.iterations);
    // Not within an epoch: a training that goes on from here begins the next one.
    if (is_whole && (checkpoints_.is_due(state_.iterations, true) || !is_unfinished())) save();
    return true;
  }

  /// The batches of an epoch, as far as it goes. Says whether it was whole.
  bool step_on_batches() {
    if (state_.iterations % order_.batches_per_epoch() == 0) {
      state_.epoch_start = rng_;
      state_.cost_sum = state_.weight_sum = 0;
    }
    for (;;) {
      const detail::ReadBatch& batch = reader_->next();
      if (options_.schedule) optim_.set_step_size(options_.schedule(batch.iteration));
      const double cost = step(optim_, batch);
      ++state_.iterations;
      const double weight = optim_.batch_weight();
      state_.cost_sum += cost * weight;
      state_.weight_sum += weight;
      if (!std::isfinite(cost)) diverge(what_is_not_finite(batch));
      if (options_.on_iteration || options_.progress) tell(cost);
      if (batch.ends_epoch || result_.diverged || stopped_ || state_.iterations >= end_)
        return batch.ends_epoch;
      if (checkpoints_.is_due(state_.iterations, false)) save();
    }
  }

  Epoch summary() const {
    const double total = state_.cost_sum, weight = state_.weight_sum;
    return {.epoch = result_.epochs,
            .iterations = state_.iterations,
            .loss = weight == 0 ? total : total / weight,
            .validation_loss = kNaN,
            .step_size = optim_.step_size(),
            .seconds = 0,
            .measures = {}};
  }

  void save() {
    state_.now = rng_;
    state_.seconds = seconds();
    checkpoints_.save(state_, best_);
  }

  void tell(double cost) {
    const Iteration now{result_.epochs, state_.iterations, cost, optim_.step_size(), seconds()};
    progress_.update(now);
    if (options_.on_iteration) stopped_ = !decide(options_.on_iteration(now));
  }

  /// What a callback answers. All processes of a team stop together.
  bool decide(bool go_on) const { return optim_.team() ? optim_.team()->decide(go_on) : go_on; }

  void validate(Epoch& epoch) {
    const double loss = validation_loss(optim_, *options_.validation);
    epoch.validation_loss = loss;
    if (!std::isfinite(loss)) return;
    if (best_.offer(loss)) {
      state_.best_epoch = epoch.epoch;
      state_.best_loss = loss;
    }
    if (loss < state_.bar - options_.min_delta) {
      state_.bar = loss;
      state_.waits_from = epoch.epoch;
    }
  }

  /// After a cost that is not finite.
  std::string what_is_not_finite(const detail::ReadBatch& batch) const {
    std::string what = detail::not_finite_parameter(optim_.net());
    if (what.empty() && batch.data.x.numel() > 0)
      what = detail::not_finite_output(optim_.net(), batch.data.x);
    if (!what.empty()) return what;
    return optim_.clipping().is_on() ? "the loss or the norm of the gradient" : "the loss";
  }

  std::string what_is_not_finite(const Epoch& epoch) const {
    std::string parameter = detail::not_finite_parameter(optim_.net());
    if (!parameter.empty()) return parameter;
    if (!std::isfinite(epoch.loss)) return "the loss";
    return !options_.validation || std::isfinite(epoch.validation_loss) ? ""
                                                                        : "the validation loss";
  }

  void diverge(const std::string& what) {
    if (what.empty()) return;
    result_.diverged = true;
    result_.where =
        "iteration " + std::to_string(state_.iterations) + ": " + what + " is not finite";
  }

  Optim& optim_;
  ExampleSource& source_;
  const SGDOptions& options_;
  Rng& rng_;
  BatchOrder order_;
  const Index end_;
  std::optional<detail::BatchReader> reader_;
  BestParameters best_;
  const detail::History history_;
  const detail::Checkpoints checkpoints_;
  detail::Progress progress_;
  detail::TrainingState state_;
  TrainingResult result_;
  bool stopped_ = false;       // by a callback
  double seconds_before_ = 0;  // of the training before it was resumed
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

const TrainingResult& TrainingResult::check() const {
  if (!diverged) return *this;
  const bool by_data = where.find(detail::kBatch) != where.npos;
  throw DivergenceError("SGD: " + where + (by_data ? "" : "; a smaller step may help"));
}

TrainingResult SGD(Optim& optim, ExampleSource& train, const SGDOptions& options, Rng& rng,
                   const EpochCallback& callback) {
  check(options);
  compare(optim, train, options, rng, 0);
  // A part that cannot be evaluated must not come to light after an epoch of steps.
  if (options.validation) validation_loss(optim, *options.validation);
  return Training(optim, train, options, rng).run(callback);
}

TrainingResult SGD(Optim& optim, const Dataset& train, const SGDOptions& options, Rng& rng,
                   const EpochCallback& callback) {
  DatasetSource source(train);
  return SGD(optim, source, options, rng, callback);
}

}}  // namespace nn::NN_PRECISION
