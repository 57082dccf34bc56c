#pragma once

#include "nn/losses/loss.hpp"

namespace nn::inline NN_PRECISION {

/// Cross-entropy of probabilities, the output of a Softmax: L = -sum_j y_j ln p_j, p = yhat (batch,
/// classes), with ln p held to at least -100, and dL/dp_j = -y_j / max(p_j, 1e-12). Where a
/// probability underflows its gradient is lost in the Softmax: SoftmaxCrossEntropyLoss has no such
/// limit.
///
/// y: (batch, classes) one-hot rows or class probabilities, or (batch) or (batch, 1) class indices
/// 0 ... classes
/// - 1. RangeError for any other label, naming it and its row, and for a target or a probability
/// outside [0, 1].
class CrossEntropyLoss : public Loss {
 public:
  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  Index terms(const Shape&) const override { return 1; }
  std::string describe() const override { return "CrossEntropyLoss"; }
};

}  // namespace nn::inline NN_PRECISION
