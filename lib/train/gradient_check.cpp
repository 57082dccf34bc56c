#include "nn/train/gradient_check.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <ostream>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/core/rng.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/ops/softmax.hpp"
#include "nn/train/optim.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using Cost = std::function<double()>;

/// An element that gets its value back in the end.
struct Restored {
  Scalar& element;
  const Scalar value = element;
  ~Restored() { element = value; }
};

/// dL/d element by central differences, the step being what v + h and v - h round to.
double difference(Scalar& element, const Cost& cost) {
  static const double h = std::cbrt(std::numeric_limits<Scalar>::epsilon());
  const Restored restored{element};
  const Scalar v = element;
  const auto step = static_cast<Scalar>(h * std::max(1.0, std::abs(static_cast<double>(v))));
  const Scalar above = v + step, below = v - step;
  element = above;
  const double cost_above = cost();
  element = below;
  const double cost_below = cost();
  return (cost_above - cost_below) / (static_cast<double>(above) - static_cast<double>(below));
}

Tensor differences(Tensor& at, const Cost& cost) {
  Tensor gradient(at.shape());
  for (Index i = 0; i < at.numel(); ++i)
    gradient.data()[i] = static_cast<Scalar>(difference(at.data()[i], cost));
  return gradient;
}

/// "[1, 2]" of element i, counted row after row.
std::string position(Index i, const Shape& shape) {
  std::string text;
  for (int dim = shape.rank(); dim-- > 0; i /= shape[dim])
    text = std::to_string(i % shape[dim]) + (text.empty() ? "" : ", ") + text;
  return "[" + text + "]";
}

void compare(const std::string& name, const Tensor& analytic, const Tensor& numeric,
             GradientCheck& check) {
  if (analytic.shape() != numeric.shape())
    throw ShapeError(name + ": expected " + numeric.shape().to_string() + ", got " +
                     analytic.shape().to_string());
  const Tensor a = analytic.contiguous();
  for (Index i = 0; i < a.numel(); ++i) {
    const double x = a.data()[i], y = numeric.data()[i];
    const double error = std::abs(x - y) / std::max(1.0, std::abs(y));
    const bool first = check.elements++ == 0;
    if (std::isnan(check.error) || (error <= check.error && !first)) continue;
    check.error = error;
    check.where = name + position(i, a.shape());
    check.analytic = x;
    check.numeric = y;
  }
}

/// A module whose gradients are zeros in the end, and whose running statistics are as before.
class Restoring {
 public:
  explicit Restoring(Module& module) : module_(module) {
    for (const auto& [name, buffer] : module.named_buffers())
      buffers_.emplace_back(buffer, buffer.clone());
  }
  Restoring(const Restoring&) = delete;
  ~Restoring() {
    module_.zero_grad();
    for (auto& [buffer, before] : buffers_) buffer.copy_from(before);
  }

 private:
  Module& module_;
  std::vector<std::pair<Tensor, Tensor>> buffers_;
};

/// What the module has added to its parameters' gradients.
std::vector<Tensor> added_gradients(Module& module, const std::function<void()>& backward) {
  std::vector<Tensor> gradients;
  for (const ParameterPtr& p : module.parameters()) p->grad.fill(1);
  backward();
  for (const ParameterPtr& p : module.parameters()) gradients.push_back(p->grad - 1);
  return gradients;
}

/// L = sum(y z).
struct ProductLoss final : Loss {
  Tensor forward(const Tensor& y, const Tensor& z) const override {
    const Tensor terms = y * z;
    return sum(terms.reshape({terms.size(0), terms.shape().example_numel()}), 1);
  }
  Tensor backward(const Tensor& y, const Tensor&) const override { return y; }
  std::string describe() const override { return "ProductLoss"; }
};

/// The gradients of L = sum(delta z) that an Optim steps by, which relies on what the module
/// promises by adds_once(). The plain rule and others do so in different ways.
std::vector<Tensor> gradients_in_a_step(Module& module, const Tensor& x, const Tensor& delta,
                                        const GradientDescent& rule) {
  const std::vector<ParameterPtr> parameters = module.parameters();
  std::vector<Tensor> gradients;
  for (const ParameterPtr& p : parameters) gradients.push_back(p->value.clone());
  struct Kept {
    const std::vector<ParameterPtr>& parameters;
    const std::vector<Tensor> values;
    ~Kept() {
      for (std::size_t i = 0; i < values.size(); ++i) parameters[i]->value.copy_from(values[i]);
    }
  } const kept{parameters, gradients};
  const ProductLoss loss;
  Optim(module, loss, 1, Reduction::sum, rule).step(x, delta);
  for (std::size_t i = 0; i < gradients.size(); ++i)
    gradients[i] = rule.is_plain() ? (kept.values[i] - parameters[i]->value) *
                                         static_cast<Scalar>(1 / parameters[i]->step_scale)
                                   : parameters[i]->grad.clone();
  return gradients;
}

/// The first of each parameter's names: "0.weight".
std::string name_of(const Module& module, const ParameterPtr& parameter) {
  for (const auto& [name, p] : module.named_parameters())
    if (p == parameter) return name;
  return parameter->name;
}

}  // namespace

GradientCheck check_gradients(Module& module, const Tensor& x, std::uint64_t seed) {
  const Restoring restoring(module);
  module.set_random(0, 0);  // as in the first step of an Optim
  Tensor at = x.clone();
  Tensor delta = Rng(seed).stream("delta").randn(module.forward(at).shape());
  Tensor dx, dx_alone;
  const std::vector<Tensor> gradients =
      added_gradients(module, [&] { dx = module.backward(at, delta).clone(); });
  const std::vector<Tensor> gradients_alone = added_gradients(module, [&] {
    dx_alone = module.backward_delta(at, delta).clone();
    module.backward_update_gradient(at, delta);
  });
  const std::vector<Tensor> plain_steps = gradients_in_a_step(module, at, delta, GradientDescent());
  const std::vector<Tensor> other_steps =
      gradients_in_a_step(module, at, delta, GradientDescent({.momentum = 0.5}));

  GradientCheck check;
  const Cost cost = [&] { return sum(delta * module.forward(at)); };
  try {
    const Tensor numeric = differences(at, cost);
    compare("backward: dL/dx", dx, numeric, check);
    compare("backward_delta: dL/dx", dx_alone, numeric, check);
  } catch (const RangeError&) {  // x holds indices
  }
  const std::vector<ParameterPtr> parameters = module.parameters();
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const ParameterPtr& p = parameters[i];
    const Tensor numeric_gradient = differences(p->value, cost);
    const std::string name = ": dL/d" + name_of(module, p);
    compare("backward" + name, gradients[i], numeric_gradient, check);
    compare("backward_update_gradient" + name, gradients_alone[i], numeric_gradient, check);
    if (p->frozen || p->step_scale == 0) continue;
    compare("a plain step" + name, plain_steps[i], numeric_gradient, check);
    compare("a step with momentum" + name, other_steps[i], numeric_gradient, check);
  }
  return check;
}

GradientCheck check_gradients(Module& module, const Shape& x, std::uint64_t seed) {
  return check_gradients(module, Rng(seed).stream("x").randn(x), seed);
}

GradientCheck check_gradients(const Loss& loss, const Tensor& y, const Tensor& yhat) {
  Tensor at = yhat.clone();
  const Tensor gradient = loss.backward(y, at).clone();
  GradientCheck check;
  compare("backward: dL/dyhat", gradient, differences(at, [&] { return sum(loss.forward(y, at)); }),
          check);
  return check;
}

GradientCheck check_gradients(const Loss& loss, const Shape& yhat, std::uint64_t seed) {
  Rng rng(seed);
  const Tensor y = softmax(rng.randn(yhat));
  // All alike, or nearly: near 0 a logarithm bends too much for differences.
  return check_gradients(loss, y, softmax(rng.randn(yhat) * static_cast<Scalar>(0.1)));
}

std::ostream& operator<<(std::ostream& out, const GradientCheck& check) {
  return out << std::to_string(check.elements) << " elements, error at most "
             << to_text(check.error) << ": " << check.where << " = " << to_text(check.analytic)
             << ", by differences " << to_text(check.numeric);
}

}}  // namespace nn::NN_PRECISION
