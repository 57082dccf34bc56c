#pragma once

#include "nn/losses/loss.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Cross-entropy of probabilities p = yhat (batch, classes), the output of a Softmax:
///
///     L = -sum_j y_j ln p_j,  ln p_j clamped to at least -100
///     dL/dp_j = -y_j / max(p_j, 1e-12)
///
/// If a probability underflows, the Softmax loses its gradient. SoftmaxCrossEntropyLoss has no such
/// limit.
///
/// y: (batch, classes), one-hot rows or class probabilities; or (batch) or (batch, 1), class
/// indices 0, 1, ..., classes - 1. RangeError for any other label, naming it and its row, and for a
/// target or a probability outside [0, 1].
class CrossEntropyLoss : public Loss {
 public:
  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  Index terms(const Shape&) const override { return 1; }
  std::string describe() const override { return "CrossEntropyLoss"; }
};

}}  // namespace nn::NN_PRECISION
