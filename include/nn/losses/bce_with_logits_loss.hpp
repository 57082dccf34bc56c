#pragma once

#include "nn/losses/loss.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Sigmoid and binary cross-entropy in one, summed over the outputs, PyTorch's BCEWithLogitsLoss.
/// With z = yhat:
///
///     L = sum_j (max(z_j, 0) - z_j y_j + ln(1 + e^{-|z_j|}))
///     dL/dz_j = sigmoid(z_j) - y_j
///
/// Finite for any finite z. A probability of 0.5 is a logit of 0: give accuracy() the threshold 0.
/// RangeError for a y outside [0, 1], so for labels -1 too.
class BCEWithLogitsLoss : public Loss {
 public:
  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  Tensor forward_backward(const Tensor& y, const Tensor& yhat, Tensor& delta) const override;
  std::string describe() const override { return "BCEWithLogitsLoss"; }
};

}}  // namespace nn::NN_PRECISION
