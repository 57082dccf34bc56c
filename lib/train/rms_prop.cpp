#include "nn/train/rms_prop.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"
#include "train/over_root.hpp"

namespace nn { inline namespace NN_PRECISION {

RMSProp::RMSProp(const RMSPropOptions& options)
    : UpdateRule({options.weight_decay, options.decay_only_weights}), options_(options) {
  const auto alpha = static_cast<Scalar>(options.alpha),
             epsilon = static_cast<Scalar>(options.epsilon),
             mu = static_cast<Scalar>(options.momentum);
  if (!(options.alpha >= 0 && alpha < 1) || !(epsilon > 0) || !std::isfinite(epsilon) ||
      !(mu >= 0) || !std::isfinite(mu))
    throw ArgumentError(describe() + ": expected alpha in [0, 1), epsilon > 0, momentum >= 0");
}

std::string RMSProp::describe() const {
  return "RMSProp(" + to_text(options_.alpha) + ", epsilon " + to_text(options_.epsilon) +
         ", momentum " + to_text(options_.momentum) + (options_.centered ? ", centered" : "") +
         describe_decay() + ")";
}

std::vector<std::pair<std::string, Slot*>> RMSProp::slots() {
  std::vector<std::pair<std::string, Slot*>> kept{{"square", &square_}};
  if (options_.centered) kept.emplace_back("mean", &mean_);
  if (options_.momentum > 0) kept.emplace_back("velocity", &velocity_);
  return kept;
}

void RMSProp::move(std::size_t i, Parameter& parameter, double lr) {
  const auto alpha = static_cast<Scalar>(options_.alpha),
             gain = static_cast<Scalar>(1 - options_.alpha),
             epsilon = static_cast<Scalar>(options_.epsilon), step = static_cast<Scalar>(lr);
  const Tensor g = decayed_gradient(parameter);
  Tensor& v = square_[i];
  scal(alpha, v);
  axpy(gain, g * g, v);
  Tensor variance = v;
  if (options_.centered) {
    Tensor& m = mean_[i];
    scal(alpha, m);
    axpy(gain, g, m);
    variance = relu(v - m * m);  // which rounding may put below 0
  }
  const Tensor towards = detail::over_root(g, variance, epsilon);
  if (options_.momentum == 0) return axpy(-step, towards, parameter.value);
  Tensor& b = velocity_[i];
  scal(static_cast<Scalar>(options_.momentum), b);
  axpy(1, towards, b);
  axpy(-step, b, parameter.value);
}

}}  // namespace nn::NN_PRECISION
