#include <algorithm>
#include <utility>

#include "losses/loss_parts.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
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
  detail::check_unit_interval("CrossEntropyLoss", "probability", yhat,
                              "; for logits take SoftmaxCrossEntropyLoss");
  return rows;
}

constexpr const char* kSoftmaxCrossEntropy = "SoftmaxCrossEntropyLoss";
constexpr const char* kLabel = "SoftmaxCrossEntropyLoss: label";

/// f(i, c) for each row i of a batch and its class c.
template <class F>
void for_each_class(const Tensor& y, Index classes, F f) {
  for (Index i = 0; i < y.size(0); ++i)
    f(i, class_index(y.data()[i * y.stride(0)], i, classes, kLabel));
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

SoftmaxCrossEntropyLoss::SoftmaxCrossEntropyLoss(double label_smoothing)
    : smoothing_(label_smoothing) {
  if (!(smoothing_ >= 0 && static_cast<Scalar>(smoothing_) < 1))
    throw ArgumentError("SoftmaxCrossEntropyLoss: label_smoothing " + to_text(label_smoothing) +
                        ": expected a number in [0, 1)");
}

std::string SoftmaxCrossEntropyLoss::describe() const {
  if (smoothing_ == 0) return kSoftmaxCrossEntropy;
  return std::string(kSoftmaxCrossEntropy) + "(label_smoothing=" + to_text(smoothing_) + ")";
}

/// (1 - s) y + s / classes, of rows of probabilities.
Tensor SoftmaxCrossEntropyLoss::smoothed(const Tensor& y) const {
  if (smoothing_ == 0) return y;
  const auto kept = static_cast<Scalar>(1 - smoothing_);
  const auto share = static_cast<Scalar>(smoothing_ / static_cast<double>(y.size(1)));
  return map(y, [=](Scalar t) { return kept * t + share; });
}

Tensor SoftmaxCrossEntropyLoss::costs_of(const Tensor& y, bool indices, const Tensor& log_p) const {
  if (!indices)
    return detail::sum_per_example(zip(smoothed(y), log_p, [](Scalar t, Scalar l) {
      return t == 0 ? 0 : -t * l;  // log_p may be -inf where the target is 0
    }));
  const Index classes = log_p.size(1);
  Tensor costs(Shape{log_p.size(0)});
  for_each_class(y, classes, [&](Index i, Index c) { costs(i) = 0 - log_p(i, c); });
  if (smoothing_ == 0) return costs;
  // -sum_j t_j log p_j, the target t being (1 - s) at the class, and s / classes everywhere.
  scal(static_cast<Scalar>(1 - smoothing_), costs);
  axpy(static_cast<Scalar>(-smoothing_ / static_cast<double>(classes)), sum(log_p, 1), costs);
  return costs;
}

Tensor SoftmaxCrossEntropyLoss::gradient_of(const Tensor& y, bool indices, Tensor p) const {
  if (!indices) {
    const Tensor target = smoothed(y);
    return p * sum(target, 1).reshape({y.size(0), 1}) - target;
  }
  const auto kept = static_cast<Scalar>(1 - smoothing_);
  if (smoothing_ > 0) p = p - static_cast<Scalar>(smoothing_ / static_cast<double>(p.size(1)));
  for_each_class(y, p.size(1), [&](Index i, Index c) { p(i, c) -= kept; });
  return p;
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
