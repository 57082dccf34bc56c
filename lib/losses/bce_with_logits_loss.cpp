#include "nn/losses/bce_with_logits_loss.hpp"

#include <cmath>

#include "losses/per_element.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/map.hpp"

namespace nn::inline NN_PRECISION {
namespace {

/// ln(1 + u), 0 <= u <= 1. The rounding of w = 1 + u is made good to first order: ln(1 + u) =
/// ln w * u / (w - 1) (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 1.14.1).
Tensor log1p(const Tensor& u) {
  Tensor log_w = log(u + 1);
  return zip(u, log_w, [](Scalar v, Scalar l) {
    Scalar w = 1 + v;
    return w == 1 ? v : l * (v / (w - 1));
  });
}

Tensor checked_target(const Tensor& y, const Tensor& yhat) {
  Tensor target = detail::matching_target("BCEWithLogitsLoss", y, yhat);
  detail::check_unit_interval("BCEWithLogitsLoss", "target", target);
  return target;
}

}  // namespace

Tensor BCEWithLogitsLoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = checked_target(y, yhat);
  Tensor linear = zip(target, yhat, [](Scalar t, Scalar z) { return (z < 0 ? 0 : z) - z * t; });
  return detail::sum_per_example(linear + log1p(exp(-abs(yhat))));
}

Tensor BCEWithLogitsLoss::backward(const Tensor& y, const Tensor& yhat) const {
  return sigmoid(yhat) - checked_target(y, yhat);
}

Index BCEWithLogitsLoss::terms(const Shape& yhat) const { return detail::outputs(yhat); }

}  // namespace nn::inline NN_PRECISION
