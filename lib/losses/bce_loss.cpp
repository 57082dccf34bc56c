#include "nn/losses/bce_loss.hpp"

#include "kernels/kernels.hpp"
#include "losses/per_element.hpp"

namespace nn::inline NN_PRECISION {
namespace {

/// y in yhat's shape; both are probabilities.
Tensor checked_target(const Tensor& y, const Tensor& yhat) {
  Tensor target = detail::matching_target("BCELoss", y, yhat);
  detail::check_unit_interval("BCELoss", "target", target);
  detail::check_unit_interval("BCELoss", "probability", yhat);
  return target;
}

}  // namespace

Tensor BCELoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = checked_target(y, yhat);
  return detail::sum_per_example(detail::pair_up(kernels::bce, target, yhat));
}

Tensor BCELoss::backward(const Tensor& y, const Tensor& yhat) const {
  return detail::pair_up(kernels::bce_backward, checked_target(y, yhat), yhat);
}

Index BCELoss::terms(const Shape& yhat) const { return detail::outputs(yhat); }

}  // namespace nn::inline NN_PRECISION
