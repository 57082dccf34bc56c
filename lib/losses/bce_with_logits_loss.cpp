#include "nn/losses/bce_with_logits_loss.hpp"

#include <utility>

#include "kernels/kernels.hpp"
#include "losses/per_element.hpp"

namespace nn::inline NN_PRECISION {
namespace {

Tensor checked_target(const Tensor& y, const Tensor& yhat) {
  Tensor target = detail::matching_target("BCEWithLogitsLoss", y, yhat);
  detail::check_unit_interval("BCEWithLogitsLoss", "target", target);
  return target;
}

}  // namespace

Tensor BCEWithLogitsLoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = checked_target(y, yhat);
  return detail::sum_per_example(detail::pair_up(kernels::bce_with_logits, target, yhat));
}

Tensor BCEWithLogitsLoss::backward(const Tensor& y, const Tensor& yhat) const {
  return detail::pair_up(kernels::bce_with_logits_backward, checked_target(y, yhat), yhat);
}

Tensor BCEWithLogitsLoss::forward_backward(const Tensor& y, const Tensor& yhat,
                                           Tensor& delta) const {
  Tensor target = checked_target(y, yhat), terms(yhat.shape()), gradient(yhat.shape());
  kernels::bce_with_logits_both(yhat.numel(), target.contiguous().data(), yhat.contiguous().data(),
                                terms.data(), gradient.data());
  delta = std::move(gradient);
  return detail::sum_per_example(terms);
}

Index BCEWithLogitsLoss::terms(const Shape& yhat) const { return detail::outputs(yhat); }

}  // namespace nn::inline NN_PRECISION
