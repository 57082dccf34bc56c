#include "nn/losses/mse_loss.hpp"

#include "losses/per_element.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION {

Tensor MSELoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("MSELoss", y, yhat);
  return detail::sum_per_example(
      zip(target, yhat, [](Scalar t, Scalar v) { return (v - t) * (v - t); }));
}

Tensor MSELoss::backward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("MSELoss", y, yhat);
  return zip(target, yhat, [](Scalar t, Scalar v) { return 2 * (v - t); });
}

Index MSELoss::terms(const Shape& yhat) const { return detail::outputs(yhat); }

}  // namespace nn::inline NN_PRECISION
