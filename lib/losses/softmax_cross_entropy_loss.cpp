#include "nn/losses/softmax_cross_entropy_loss.hpp"

#include <utility>

#include "losses/class_targets.hpp"
#include "losses/per_element.hpp"
#include "nn/ops/elementwise.hpp"
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
  for (Index i = 0; i < y.size(0); ++i) f(i, class_index(y.data()[i * y.stride(0)], i, classes));
}

Tensor costs_of(const Tensor& y, bool indices, const Tensor& log_p) {
  if (!indices)
    return detail::sum_per_example(zip(y, log_p, [](Scalar t, Scalar l) {
      return t == 0 ? 0 : -t * l;  // a class that is out of the question may have log_p = -inf
    }));
  Tensor costs(Shape{log_p.size(0)});
  for_each_class(y, log_p.size(1), [&](Index i, Index c) { costs(i) = 0 - log_p(i, c); });
  return costs;
}

Tensor gradient_of(const Tensor& y, bool indices, Tensor p) {
  if (!indices) return p * sum(y, 1).reshape({y.size(0), 1}) - y;
  for_each_class(y, p.size(1), [&](Index i, Index c) { p(i, c) -= 1; });
  return p;
}

}  // namespace

Tensor SoftmaxCrossEntropyLoss::forward(const Tensor& y, const Tensor& yhat) const {
  const bool indices = holds_indices(y, yhat);
  return costs_of(y, indices, log_softmax(yhat));
}

Tensor SoftmaxCrossEntropyLoss::backward(const Tensor& y, const Tensor& yhat) const {
  const bool indices = holds_indices(y, yhat);
  return gradient_of(y, indices, softmax(yhat));
}

Tensor SoftmaxCrossEntropyLoss::forward_backward(const Tensor& y, const Tensor& yhat,
                                                 Tensor& delta) const {
  const bool indices = holds_indices(y, yhat);
  Tensor log_p, p = softmax(yhat, log_p);
  Tensor costs = costs_of(y, indices, log_p);
  delta = gradient_of(y, indices, std::move(p));
  return costs;
}

Index SoftmaxCrossEntropyLoss::terms(const Shape&) const { return 1; }

}  // namespace nn::inline NN_PRECISION
