#include "nn/losses/hinge_loss.hpp"

#include "losses/per_element.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION {
namespace {

Tensor checked_labels(const Tensor& y, const Tensor& yhat) {
  Tensor target = detail::matching_target("HingeLoss", y, yhat).contiguous();
  for (Index i = 0; i < target.numel(); ++i) {
    Scalar label = target.data()[i];
    if (label == 1 || label == -1) continue;
    throw RangeError("HingeLoss: label " + to_text(label) + ": expected -1 or +1");
  }
  return target;
}

}  // namespace

Tensor HingeLoss::forward(const Tensor& y, const Tensor& yhat) const {
  return detail::sum_per_example(zip(checked_labels(y, yhat), yhat, [](Scalar t, Scalar v) {
    Scalar gap = 1 - t * v;
    return gap < 0 ? 0 : gap;
  }));
}

Tensor HingeLoss::backward(const Tensor& y, const Tensor& yhat) const {
  return zip(checked_labels(y, yhat), yhat,
             [](Scalar t, Scalar v) { return t * v < 1 ? -t : Scalar{0}; });
}

Index HingeLoss::terms(const Shape& yhat) const { return detail::outputs(yhat); }

}  // namespace nn::inline NN_PRECISION
