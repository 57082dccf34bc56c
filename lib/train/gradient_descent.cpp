#include "nn/train/gradient_descent.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

GradientDescent::GradientDescent(const GradientDescentOptions& options)
    : UpdateRule({options.weight_decay, options.decay_only_weights}), options_(options) {
  if (!(options.momentum >= 0) || !std::isfinite(static_cast<Scalar>(options.momentum)))
    throw ArgumentError("GradientDescent: momentum must be a number >= 0, got " +
                        to_text(options.momentum));
  if (options.nesterov && options.momentum == 0)
    throw ArgumentError("GradientDescent: nesterov needs a momentum");
}

std::string GradientDescent::describe() const {
  return "GradientDescent(momentum " + to_text(options_.momentum) +
         (options_.nesterov ? ", nesterov" : "") + describe_decay() + ")";
}

std::vector<std::pair<std::string, Slot*>> GradientDescent::slots() {
  if (options_.momentum == 0) return {};
  return {{"velocity", &velocity_}};
}

void GradientDescent::move(std::size_t i, Parameter& parameter, double lr) {
  auto step = static_cast<Scalar>(lr), mu = static_cast<Scalar>(options_.momentum);
  Tensor g = decayed_gradient(parameter);                              // g + lambda W
  if (options_.momentum == 0) return axpy(-step, g, parameter.value);  // W -= lr g
  Tensor& v = velocity_[i];
  scal(mu, v);
  axpy(1, g, v);                                                   // v = mu v + g
  if (!options_.nesterov) return axpy(-step, v, parameter.value);  // W -= lr v
  g = g.clone();
  axpy(mu, v, g);  // g + mu v
  axpy(-step, g, parameter.value);
}

}}  // namespace nn::NN_PRECISION
