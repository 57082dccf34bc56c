#include "nn/losses/softmax_cross_entropy_loss.hpp"

#include "losses/class_targets.hpp"
#include "losses/per_element.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/map.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/ops/softmax.hpp"

namespace nn::inline NN_PRECISION {
namespace {

bool holds_indices(const Tensor& y, const Tensor& yhat) {
  return detail::holds_indices("SoftmaxCrossEntropyLoss", y, yhat);
}

/// f(i, c) for each row i of a batch and its class c.
template <class F>
void for_each_class(const Tensor& y, Index classes, F f) {
  Tensor labels = y.reshape({y.size(0)});
  for (Index i = 0; i < labels.size(0); ++i) f(i, class_index(labels(i), i, classes));
}

}  // namespace

Tensor SoftmaxCrossEntropyLoss::forward(const Tensor& y, const Tensor& yhat) const {
  if (!holds_indices(y, yhat))
    return detail::sum_per_example(zip(y, log_softmax(yhat), [](Scalar t, Scalar log_p) {
      return t == 0 ? 0 : -t * log_p;  // a class that is out of the question may have log_p = -inf
    }));
  Tensor log_p = log_softmax(yhat), costs(Shape{yhat.size(0)});
  for_each_class(y, yhat.size(1), [&](Index i, Index c) { costs(i) = 0 - log_p(i, c); });
  return costs;
}

Tensor SoftmaxCrossEntropyLoss::backward(const Tensor& y, const Tensor& yhat) const {
  if (!holds_indices(y, yhat)) return softmax(yhat) * sum(y, 1).reshape({y.size(0), 1}) - y;
  Tensor delta = softmax(yhat);
  for_each_class(y, yhat.size(1), [&](Index i, Index c) { delta(i, c) -= 1; });
  return delta;
}

Index SoftmaxCrossEntropyLoss::terms(const Shape&) const { return 1; }

}  // namespace nn::inline NN_PRECISION
