#include "nn/losses/softmax_cross_entropy_loss.hpp"

#include "losses/class_targets.hpp"
#include "losses/per_element.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/map.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/ops/softmax.hpp"

namespace nn::inline NN_PRECISION {

Tensor SoftmaxCrossEntropyLoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor rows = detail::class_rows("SoftmaxCrossEntropyLoss", y, yhat);
  return detail::sum_per_example(zip(rows, log_softmax(yhat), [](Scalar t, Scalar log_p) {
    return t == 0 ? 0 : -t * log_p;  // a class that is out of the question may have log_p = -inf
  }));
}

Tensor SoftmaxCrossEntropyLoss::backward(const Tensor& y, const Tensor& yhat) const {
  Tensor rows = detail::class_rows("SoftmaxCrossEntropyLoss", y, yhat);
  Tensor mass = sum(rows, 1).reshape({rows.size(0), 1});  // 1 for one-hot rows
  return softmax(yhat) * mass - rows;
}

Index SoftmaxCrossEntropyLoss::terms(const Shape&) const { return 1; }

}  // namespace nn::inline NN_PRECISION
