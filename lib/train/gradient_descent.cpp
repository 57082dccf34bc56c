#include "nn/train/gradient_descent.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

GradientDescent::GradientDescent(const GradientDescentOptions& options) : options_(options) {
  for (double x : {options.momentum, options.weight_decay})
    if (!(x >= 0) || !std::isfinite(static_cast<Scalar>(x)))
      throw ArgumentError("GradientDescent: momentum and weight decay must be numbers >= 0, got " +
                          to_text(x));
  if (options.nesterov && options.momentum == 0)
    throw ArgumentError("GradientDescent: nesterov needs a momentum");
}

std::string GradientDescent::describe() const {
  return "GradientDescent(momentum " + to_text(options_.momentum) +
         (options_.nesterov ? ", nesterov" : "") + ", weight decay " +
         to_text(options_.weight_decay) + ")";
}

std::vector<std::pair<std::string, Slot*>> GradientDescent::slots() {
  if (options_.momentum == 0) return {};
  return {{"velocity", &velocity_}};
}

void GradientDescent::move(std::size_t i, Parameter& parameter, double lr) {
  auto step = static_cast<Scalar>(lr), mu = static_cast<Scalar>(options_.momentum);
  Tensor g = parameter.grad;
  if (options_.weight_decay > 0) {
    g = g.clone();
    axpy(static_cast<Scalar>(options_.weight_decay), parameter.value, g);  // g + lambda W
  }
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
