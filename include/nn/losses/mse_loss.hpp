#pragma once

#include "nn/losses/loss.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Squared error, summed over the outputs:
///
///     L = sum_j (yhat_j - y_j)^2
///     dL/dyhat = 2 (yhat - y)
///
/// Reduction::mean gives PyTorch's MSELoss.
class MSELoss : public Loss {
 public:
  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  std::string describe() const override { return "MSELoss"; }
};

}}  // namespace nn::NN_PRECISION
