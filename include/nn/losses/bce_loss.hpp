#pragma once

#include "nn/losses/loss.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Binary cross-entropy of probabilities p = yhat, summed over the outputs, PyTorch's BCELoss:
///
///     L = -sum_j (y_j ln p_j + (1 - y_j) ln(1 - p_j)),  logarithms clamped to at least -100
///     dL/dp_j = (p_j - y_j) / max(p_j (1 - p_j), 1e-12)
///
/// Finite at p = 0 and p = 1. RangeError for a p or a y outside [0, 1], so for labels -1 too. NaN
/// passes through.
class BCELoss : public Loss {
 public:
  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  std::string describe() const override { return "BCELoss"; }
};

}}  // namespace nn::NN_PRECISION
