#pragma once

#include "nn/losses/loss.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Squared error near the target and absolute error beyond a distance delta, summed over the
/// outputs. With e = yhat - y:
///
///     L = sum_j e_j^2 / 2 where |e_j| <= delta, else delta (|e_j| - delta / 2)
///     dL/dyhat_j = e_j, clamped to [-delta, delta]
///
/// Reduction::mean gives PyTorch's HuberLoss. Huber, Ann. Math. Statist. 35(1), 1964.
class HuberLoss : public Loss {
 public:
  /// ArgumentError unless delta is finite and above 0, as a Scalar too.
  explicit HuberLoss(double delta = 1);

  Tensor forward(const Tensor& y, const Tensor& yhat) const override;
  Tensor backward(const Tensor& y, const Tensor& yhat) const override;
  std::string describe() const override;

 private:
  Scalar delta_;
};

}}  // namespace nn::NN_PRECISION
