#include "nn/train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/words.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/train/reduce_on_plateau.hpp"
#include "train/integer_power.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// cos(pi t) for t in [0, 1], by the Taylor series of sin about the middle: sums and products only,
/// the same bits everywhere; within 1e-15.
double cos_pi(double t) {
  double x = (0.5 - t) * 3.141592653589793, x2 = x * x;  // cos(pi t) = sin(x), |x| <= pi / 2
  double series = 1;
  for (int k = 25; k >= 3; k -= 2) series = 1 - series * x2 / (k * (k - 1));
  return x * series;
}

/// From a to b by half a cosine, for t from 0 to 1.
double between(double a, double b, double t) { return b + (a - b) * (1 + cos_pi(t)) / 2; }

Index counted(Index iteration) {
  if (iteration < 0) throw ArgumentError("schedule: iteration " + std::to_string(iteration));
  return iteration;
}

}  // namespace

Schedule constant(double lr) {
  return [=](Index) { return lr; };
}

Schedule step_wise(double lr, Index every, double factor) {
  if (every < 1) throw ArgumentError("step_wise: every " + std::to_string(every) + " iterations");
  return [=](Index iteration) {
    return lr * detail::integer_power(factor, counted(iteration) / every);
  };
}

Schedule exponential(double lr, double factor) { return step_wise(lr, 1, factor); }

Schedule cosine(double lr, Index total, Index warm_up, double last) {
  if (warm_up < 0 || warm_up >= total)
    throw ArgumentError("cosine: a warm-up of " + std::to_string(warm_up) + " iterations of " +
                        std::to_string(total));
  return [=](Index iteration) {
    if (counted(iteration) < warm_up)
      return lr * static_cast<double>(iteration + 1) / static_cast<double>(warm_up);
    if (iteration >= total) return last;
    double t = static_cast<double>(iteration - warm_up) / static_cast<double>(total - warm_up);
    return between(lr, last, t);
  };
}

Schedule one_cycle(double max_lr, Index total, const OneCycleOptions& options) {
  if (total < 1 || !(options.pct_start >= 0 && options.pct_start <= 1) ||
      !(options.div_factor > 0) || !(options.final_div_factor > 0))
    throw ArgumentError(
        "one_cycle: expected iterations, a share in [0, 1] and factors above 0, got total " +
        std::to_string(total) + ", pct_start " + to_text(options.pct_start) + ", div_factor " +
        to_text(options.div_factor) + ", final_div_factor " + to_text(options.final_div_factor));
  const double first = max_lr / options.div_factor, last = first / options.final_div_factor;
  const double end = static_cast<double>(total - 1);
  const double peak = options.pct_start * static_cast<double>(total) - 1;
  return [=](Index iteration) {
    const double t = static_cast<double>(counted(iteration));
    if (t <= peak && peak > 0) return between(first, max_lr, t / peak);
    if (t >= end) return last;
    return between(max_lr, last, (t - peak) / (end - peak));
  };
}

ReduceOnPlateau::ReduceOnPlateau(double lr, const ReduceOnPlateauOptions& options)
    : options_(options), lr_(lr) {
  if (!(lr >= 0) || !std::isfinite(lr) || !(options.factor >= 0 && options.factor < 1) ||
      options.patience < 0 || !(options.threshold >= 0 && options.threshold < 1) ||
      options.cooldown < 0 || !(options.min_lr >= 0))
    throw ArgumentError(
        "ReduceOnPlateau: expected a finite step size, a factor and a threshold in [0, 1), and no "
        "negative patience, cooldown or min_lr");
}

double ReduceOnPlateau::step(double loss) {
  if (std::isnan(loss))
    throw ArgumentError(
        "ReduceOnPlateau: the loss is NaN, as validation_loss is without a validation part");
  const bool better = loss < best_ * (1 - options_.threshold);
  if (better) best_ = loss;
  bad_ = better || rest_ > 0 ? 0 : bad_ + 1;
  if (rest_ > 0) --rest_;
  if (bad_ > options_.patience) {
    lr_ = std::min(lr_, std::max(lr_ * options_.factor, options_.min_lr));
    rest_ = options_.cooldown;
    bad_ = 0;
  }
  return lr_;
}

/// "lr best bad rest"
std::string ReduceOnPlateau::state() const {
  return to_text(lr_) + ' ' + to_text(best_) + ' ' + std::to_string(bad_) + ' ' +
         std::to_string(rest_);
}

void ReduceOnPlateau::set_state(std::string_view state) {
  const std::vector<std::string_view> words = detail::words(state);
  if (words.size() == 4) {
    const auto lr = parse_number<double>(words[0]), best = parse_number<double>(words[1]);
    const auto bad = detail::whole_number<Index>(words[2]),
               rest = detail::whole_number<Index>(words[3]);
    if (lr && *lr >= 0 && std::isfinite(*lr) && best && !std::isnan(*best) && bad && *bad >= 0 &&
        *bad <= options_.patience && rest && *rest >= 0 && *rest <= options_.cooldown) {
      lr_ = *lr;
      best_ = *best;
      bad_ = *bad;
      rest_ = *rest;
      return;
    }
  }
  throw DataError("ReduceOnPlateau: not a state of one");
}

}}  // namespace nn::NN_PRECISION
