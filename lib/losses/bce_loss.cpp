#include "nn/losses/bce_loss.hpp"

#include <algorithm>

#include "losses/per_element.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/map.hpp"
#include "nn/ops/reduce.hpp"

namespace nn::inline NN_PRECISION {
namespace {

/// y in yhat's shape; both are probabilities.
Tensor checked_target(const Tensor& y, const Tensor& yhat) {
  Tensor target = detail::matching_target("BCELoss", y, yhat);
  detail::check_unit_interval("BCELoss", "target", target);
  detail::check_unit_interval("BCELoss", "probability", yhat);
  return target;
}

/// max(ln p, -100), NaN for NaN.
Tensor clamped_log(const Tensor& p) {
  return map(log(p), [](Scalar v) { return v < -100 ? -100 : v; });
}

}  // namespace

Tensor BCELoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = checked_target(y, yhat);
  Tensor log_p = clamped_log(yhat), log_q = clamped_log(1 - yhat);
  return detail::sum_per_example(-(target * log_p + (1 - target) * log_q));
}

Tensor BCELoss::backward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = checked_target(y, yhat);
  return zip(target, yhat, [](Scalar t, Scalar p) {
    return (p - t) / std::max<Scalar>(p * (1 - p), static_cast<Scalar>(1e-12));
  });
}

Index BCELoss::terms(const Shape& yhat) const { return detail::outputs(yhat); }

}  // namespace nn::inline NN_PRECISION
