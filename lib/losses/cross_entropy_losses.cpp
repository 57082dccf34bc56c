#include <algorithm>
#include <utility>

#include "losses/loss_parts.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/ops/softmax.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// y as rows of probabilities.
Tensor class_rows(const Tensor& y, const Tensor& yhat) {
  Tensor rows = y;
  if (detail::holds_indices("CrossEntropyLoss", y, yhat))
    rows = one_hot(y.reshape({y.size(0)}), yhat.size(1));
  detail::check_unit_interval("CrossEntropyLoss", "probability", yhat);
  return rows;
}

constexpr const char* kSoftmaxCrossEntropy = "SoftmaxCrossEntropyLoss";

/// f(i, c) for each row i of a batch and its class c.
template <class F>
void for_each_class(const Tensor& y, Index classes, F f) {
  for (Index i = 0; i < y.size(0); ++i) f(i, class_index(y.data()[i * y.stride(0)], i, classes));
}

Tensor costs_of(const Tensor& y, bool indices, const Tensor& log_p) {
  if (!indices)
    return detail::sum_per_example(zip(y, log_p, [](Scalar t, Scalar l) {
      return t == 0 ? 0 : -t * l;  // log_p may be -inf where the target is 0
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

Tensor CrossEntropyLoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor rows = class_rows(y, yhat);
  return detail::sum_per_example(zip(rows, log(yhat), [](Scalar t, Scalar log_p) {
    return t == 0 ? 0 : -t * std::max<Scalar>(log_p, -100);
  }));
}

Tensor CrossEntropyLoss::backward(const Tensor& y, const Tensor& yhat) const {
  Tensor rows = class_rows(y, yhat);
  return zip(rows, yhat, [](Scalar t, Scalar p) {
    return -t / std::max<Scalar>(p, static_cast<Scalar>(1e-12));
  });
}

Tensor SoftmaxCrossEntropyLoss::forward(const Tensor& y, const Tensor& yhat) const {
  const bool indices = detail::holds_indices(kSoftmaxCrossEntropy, y, yhat);
  return costs_of(y, indices, log_softmax(yhat));
}

Tensor SoftmaxCrossEntropyLoss::backward(const Tensor& y, const Tensor& yhat) const {
  const bool indices = detail::holds_indices(kSoftmaxCrossEntropy, y, yhat);
  return gradient_of(y, indices, softmax(yhat));
}

Tensor SoftmaxCrossEntropyLoss::forward_backward(const Tensor& y, const Tensor& yhat,
                                                 Tensor& delta) const {
  const bool indices = detail::holds_indices(kSoftmaxCrossEntropy, y, yhat);
  Tensor log_p, p = softmax(yhat, log_p);
  Tensor costs = costs_of(y, indices, log_p);
  delta = gradient_of(y, indices, std::move(p));
  return costs;
}

}}  // namespace nn::NN_PRECISION
