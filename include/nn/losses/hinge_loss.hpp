#pragma once

#include "nn/losses/loss.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Hinge loss, summed over the outputs:
///
///     L = sum_j max(0, 1 - y_j yhat_j)
///     dL/dyhat_j = -y_j where y_j yhat_j < 1, else 0
///
/// Labels are -1 and +1: give accuracy() the threshold 0. RangeError for any other, so for 0 too.
class HingeLoss : public Loss {
 public:
  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  std::string describe() const override { return "HingeLoss"; }
};

}}  // namespace nn::NN_PRECISION
