#include <cmath>
#include <utility>

#include "kernels/kernels.hpp"
#include "losses/loss_parts.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/huber_loss.hpp"
#include "nn/losses/l1_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/ops/elementwise.hpp"
#include "ops/row_error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

Tensor hinge_target(const Tensor& y, const Tensor& yhat) {
  Tensor target = detail::matching_target("HingeLoss", y, yhat).contiguous();
  for (Index i = 0; i < target.numel(); ++i) {
    const Scalar label = target.data()[i];
    if (label != 1 && label != -1)
      throw detail::RowError("HingeLoss: label " + to_text(label),
                             i / target.shape().example_numel(), "expected -1 or +1");
  }
  return target;
}

Tensor probability_target(const char* loss, const Tensor& y, const Tensor& yhat) {
  Tensor target = detail::matching_target(loss, y, yhat);
  detail::check_unit_interval(loss, "target", target);
  return target;
}

Tensor bce_target(const Tensor& y, const Tensor& yhat) {
  Tensor target = probability_target("BCELoss", y, yhat);
  detail::check_unit_interval("BCELoss", "probability", yhat,
                              "; for logits take BCEWithLogitsLoss");
  return target;
}

using kernels::kElementGrain, kernels::kFunctionGrain;
using PairKernel = void (*)(Index n, const Scalar* y, const Scalar* yhat, Scalar* result);

Tensor apply(PairKernel kernel, Index grain, const Tensor& y, const Tensor& yhat) {
  Tensor result(yhat.shape());
  kernels::in_parallel(yhat.numel(), grain, kernel, y.contiguous().data(), yhat.contiguous().data(),
                       result.data());
  return result;
}

}  // namespace

Tensor MSELoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("MSELoss", y, yhat);
  return detail::sum_per_example(
      zip(target, yhat, [](Scalar t, Scalar v) { return (v - t) * (v - t); }));
}

Tensor MSELoss::backward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("MSELoss", y, yhat);
  return zip(target, yhat, [](Scalar t, Scalar v) { return 2 * (v - t); });
}

Tensor L1Loss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("L1Loss", y, yhat);
  return detail::sum_per_example(
      zip(target, yhat, [](Scalar t, Scalar v) { return std::abs(v - t); }));
}

Tensor L1Loss::backward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("L1Loss", y, yhat);
  return zip(target, yhat, [](Scalar t, Scalar v) {
    const Scalar e = v - t;
    return e > 0 ? Scalar{1} : e < 0 ? Scalar{-1} : e;  // 0 or NaN
  });
}

HuberLoss::HuberLoss(double delta) : delta_(static_cast<Scalar>(delta)) {
  if (!(delta_ > 0) || !std::isfinite(delta_))
    throw ArgumentError("HuberLoss: delta " + to_text(delta) + ": expected a finite number > 0");
}

std::string HuberLoss::describe() const { return "HuberLoss(" + to_text(delta_) + ")"; }

Tensor HuberLoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("HuberLoss", y, yhat);
  return detail::sum_per_example(zip(target, yhat, [delta = delta_](Scalar t, Scalar v) {
    const Scalar e = std::abs(v - t);
    return e <= delta ? e * e / 2 : delta * (e - delta / 2);
  }));
}

Tensor HuberLoss::backward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("HuberLoss", y, yhat);
  return zip(target, yhat, [delta = delta_](Scalar t, Scalar v) {
    const Scalar e = v - t;
    return e > delta ? delta : e < -delta ? -delta : e;
  });
}

Tensor HingeLoss::forward(const Tensor& y, const Tensor& yhat) const {
  return detail::sum_per_example(zip(hinge_target(y, yhat), yhat, [](Scalar t, Scalar v) {
    Scalar gap = 1 - t * v;
    return gap < 0 ? 0 : gap;
  }));
}

Tensor HingeLoss::backward(const Tensor& y, const Tensor& yhat) const {
  return zip(hinge_target(y, yhat), yhat,
             [](Scalar t, Scalar v) { return t * v < 1 ? -t : Scalar{0}; });
}

Tensor BCELoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = bce_target(y, yhat);
  return detail::sum_per_example(apply(kernels::active().bce, kFunctionGrain, target, yhat));
}

Tensor BCELoss::backward(const Tensor& y, const Tensor& yhat) const {
  return apply(kernels::active().bce_backward, kElementGrain, bce_target(y, yhat), yhat);
}

Tensor BCEWithLogitsLoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = probability_target("BCEWithLogitsLoss", y, yhat);
  return detail::sum_per_example(
      apply(kernels::active().bce_with_logits, kFunctionGrain, target, yhat));
}

Tensor BCEWithLogitsLoss::backward(const Tensor& y, const Tensor& yhat) const {
  return apply(kernels::active().bce_with_logits_backward, kFunctionGrain,
               probability_target("BCEWithLogitsLoss", y, yhat), yhat);
}

Tensor BCEWithLogitsLoss::forward_backward(const Tensor& y, const Tensor& yhat,
                                           Tensor& delta) const {
  Tensor target = probability_target("BCEWithLogitsLoss", y, yhat), terms(yhat.shape()),
         gradient(yhat.shape());
  kernels::in_parallel(
      yhat.numel(), kFunctionGrain, kernels::active().bce_with_logits_forward_backward,
      target.contiguous().data(), yhat.contiguous().data(), terms.data(), gradient.data());
  delta = std::move(gradient);
  return detail::sum_per_example(terms);
}

}}  // namespace nn::NN_PRECISION
