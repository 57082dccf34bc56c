#include "nn/train/adam.hpp"

#include <cmath>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"
#include "train/integer_power.hpp"

namespace nn { inline namespace NN_PRECISION {

AdamMoments::AdamMoments(const char* name, const AdamOptions& options)
    : UpdateRule({options.weight_decay, options.decay_only_weights}),
      options_(options),
      name_(name) {
  auto is_rate = [](double b) { return b >= 0 && static_cast<Scalar>(b) < 1; };
  const auto epsilon = static_cast<Scalar>(options.epsilon);
  if (!is_rate(options.beta1) || !is_rate(options.beta2) || !(epsilon > 0) ||
      !std::isfinite(epsilon))
    throw ArgumentError(describe() + ": expected betas in [0, 1), epsilon > 0");
}

std::string AdamMoments::describe() const {
  return std::string(name_) + "(" + to_text(options_.beta1) + ", " + to_text(options_.beta2) +
         ", epsilon " + to_text(options_.epsilon) + describe_decay() + ")";
}

std::vector<std::pair<std::string, Slot*>> AdamMoments::slots() { return {{"m", &m_}, {"v", &v_}}; }

void Adam::move(std::size_t i, Parameter& parameter, double lr) {
  move_on(decayed_gradient(parameter), i, parameter, lr);  // g + lambda W
}

/// What has become 1 stays so.
const AdamMoments::Correction& AdamMoments::correction(Index t) {
  Correction& last = correction_;
  if (t == last.t) return last;
  auto lacks_nothing = [&](double value) { return value == 1 && t > last.t; };
  if (!lacks_nothing(last.mean)) last.mean = 1 - detail::integer_power(options_.beta1, t);
  if (!lacks_nothing(last.root))
    last.root = std::sqrt(1 - detail::integer_power(options_.beta2, t));
  last.t = t;
  return last;
}

void AdamMoments::move_on(const Tensor& g, std::size_t i, Parameter& parameter, double lr) {
  if (!g.is_contiguous()) return move_on(g.clone(), i, parameter, lr);
  const Correction& at = correction(steps_of(i));
  const kernels::AdamStep step{.beta1 = static_cast<Scalar>(options_.beta1),
                               .gain1 = static_cast<Scalar>(1 - options_.beta1),
                               .beta2 = static_cast<Scalar>(options_.beta2),
                               .gain2 = static_cast<Scalar>(1 - options_.beta2),
                               .root = static_cast<Scalar>(at.root),
                               .epsilon = static_cast<Scalar>(options_.epsilon),
                               .rate = static_cast<Scalar>(lr / at.mean)};
  auto kernel = [&step](Index n, const Scalar* grad, Scalar* m, Scalar* v, Scalar* w) {
    kernels::active().adam(n, step, grad, m, v, w);
  };
  auto move_values = [&](Tensor& values) {
    kernels::in_parallel(values.numel(), kernels::kElementGrain, kernel, g.data(), m_[i].data(),
                         v_[i].data(), values.data());
  };
  Tensor& value = parameter.value;
  if (value.is_contiguous()) return move_values(value);
  Tensor copy = value.clone();  // of a view with other strides
  move_values(copy);
  value.copy_from(copy);
}

AdamW::AdamW(const AdamWOptions& options)
    : AdamMoments("AdamW", {options.beta1, options.beta2, options.epsilon, options.weight_decay,
                            options.decay_only_weights}) {}

void AdamW::move(std::size_t i, Parameter& parameter, double lr) {
  const double lambda = decay_of(parameter);
  scal(static_cast<Scalar>(1 - lr * lambda), parameter.value);  // W -= lr lambda W
  move_on(parameter.grad, i, parameter, lr);
}

}}  // namespace nn::NN_PRECISION
