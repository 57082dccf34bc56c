#pragma once

#include "nn/losses/loss.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Log-softmax and cross-entropy in one, PyTorch's CrossEntropyLoss. For yhat (batch, classes), the
/// values before any softmax:
///
///     L = -sum_j y_j (yhat_j - ln sum_k e^{yhat_k})
///     dL/dyhat_j = (sum_k y_k) softmax(yhat)_j - y_j
///
/// Finite if yhat and its differences are. With label smoothing s the target becomes
/// (1 - s) y + s / classes (Szegedy et al., CVPR 2016).
///
/// y: (batch, classes), one-hot rows or class probabilities; or (batch) or (batch, 1), class
/// indices 0, 1, ..., classes - 1. RangeError for any other label, naming it and its row, and for a
/// target outside [0, 1].
class SoftmaxCrossEntropyLoss : public Loss {
 public:
  /// ArgumentError unless 0 <= label_smoothing < 1.
  explicit SoftmaxCrossEntropyLoss(double label_smoothing = 0);

  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  Tensor forward_backward(const Tensor& y, const Tensor& yhat, Tensor& delta) const override;
  Index terms(const Shape&) const override { return 1; }
  std::string describe() const override;

 private:
  Tensor costs_of(const Tensor& y, bool indices, const Tensor& log_p) const;
  Tensor gradient_of(const Tensor& y, bool indices, Tensor p) const;
  Tensor smoothed(const Tensor& y) const;

  double smoothing_;
};

}}  // namespace nn::NN_PRECISION
