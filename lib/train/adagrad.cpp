#include "nn/train/adagrad.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"
#include "train/over_root.hpp"

namespace nn { inline namespace NN_PRECISION {

Adagrad::Adagrad(const AdagradOptions& options)
    : UpdateRule({options.weight_decay, options.decay_only_weights}), options_(options) {
  const auto epsilon = static_cast<Scalar>(options.epsilon);
  if (!(epsilon > 0) || !std::isfinite(epsilon))
    throw ArgumentError(describe() + ": expected epsilon > 0");
}

std::string Adagrad::describe() const {
  return "Adagrad(epsilon " + to_text(options_.epsilon) + describe_decay() + ")";
}

void Adagrad::move(std::size_t i, Parameter& parameter, double lr) {
  const Tensor g = decayed_gradient(parameter);
  axpy(1, g * g, sum_[i]);
  const Tensor towards = detail::over_root(g, sum_[i], static_cast<Scalar>(options_.epsilon));
  axpy(static_cast<Scalar>(-lr), towards, parameter.value);
}

}}  // namespace nn::NN_PRECISION
