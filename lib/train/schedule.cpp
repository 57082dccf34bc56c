#include "nn/train/schedule.hpp"

#include <string>

#include "nn/core/error.hpp"
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

Schedule cosine(double lr, Index total, Index warm_up, double last) {
  if (warm_up < 0 || warm_up >= total)
    throw ArgumentError("cosine: a warm-up of " + std::to_string(warm_up) + " iterations of " +
                        std::to_string(total));
  return [=](Index iteration) {
    if (counted(iteration) < warm_up)
      return lr * static_cast<double>(iteration + 1) / static_cast<double>(warm_up);
    if (iteration >= total) return last;
    double t = static_cast<double>(iteration - warm_up) / static_cast<double>(total - warm_up);
    return last + (lr - last) * (1 + cos_pi(t)) / 2;
  };
}

}}  // namespace nn::NN_PRECISION
