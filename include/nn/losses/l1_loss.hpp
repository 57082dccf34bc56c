#pragma once

#include "nn/losses/loss.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Absolute error, summed over the outputs:
///
///     L = sum_j |yhat_j - y_j|
///     dL/dyhat_j = 1 where yhat_j > y_j, -1 where yhat_j < y_j, 0 where they are equal
///
/// Reduction::mean gives PyTorch's L1Loss.
class L1Loss : public Loss {
 public:
  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  std::string describe() const override { return "L1Loss"; }
};

}}  // namespace nn::NN_PRECISION
