#pragma once

#include "nn/losses/loss.hpp"

namespace nn::inline NN_PRECISION {

/// Hinge, summed over the outputs: L = sum_j max(0, 1 - y_j yhat_j), dL/dyhat_j = -y_j where
/// y_j yhat_j < 1, else 0 (so at the kink too). Labels are -1 and +1: RangeError for any other, 0
/// among them.
class HingeLoss : public Loss {
 public:
  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  std::string describe() const override { return "HingeLoss"; }
};

}  // namespace nn::inline NN_PRECISION
