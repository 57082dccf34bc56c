#include "nn/train/optim.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"

namespace nn::inline NN_PRECISION {

Optim::Optim(Module& net, const Loss& loss, double step, Reduction reduction,
             std::unique_ptr<UpdateRule> rule)
    : net_(net), loss_(loss), reduction_(reduction), rule_(std::move(rule)) {
  set_step_size(step);
}

void Optim::set_step_size(double step) {
  if (!(step >= 0) || std::isinf(step))
    throw ArgumentError("Optim: step " + to_text(step) + ": expected a number >= 0");
  step_ = step;
}

double Optim::step(const Tensor& x, const Tensor& y) {
  Tensor yhat = net_.forward(x);
  Tensor costs = loss_.forward(y, yhat);
  net_.zero_grad();
  if (costs.numel() == 0) return 0;
  double cost = mean(costs);
  if (!std::isfinite(cost)) return cost;
  Tensor delta = loss_.backward(y, yhat);
  scal(static_cast<Scalar>(1 / loss_.divisor(reduction_, yhat.shape())), delta);
  net_.backward_update_gradient(x, delta);
  rule_->update(net_.parameters(), step_);
  return cost;
}

}  // namespace nn::inline NN_PRECISION
