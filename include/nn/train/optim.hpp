#pragma once

#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"

namespace nn::inline NN_PRECISION {

/// One step of gradient descent on a batch: forward, loss, backward, update,
///     W -= step dL/dW,  L = sum of the examples' costs / divisor of the reduction.
/// The network and the loss must outlive it.
class Optim {
 public:
  /// ArgumentError unless the step is finite and not negative.
  Optim(Module& net, const Loss& loss, double step, Reduction reduction);

  /// x: (batch, ...), y: targets of the loss. Returns the batch's mean cost per example, before the
  /// update. An empty batch changes nothing and costs 0; so does a cost that is not finite, which
  /// is returned. Allocates nothing once it has seen a batch of that size.
  double step(const Tensor& x, const Tensor& y);

  Module& net() const { return net_; }
  const Loss& loss() const { return loss_; }
  Reduction reduction() const { return reduction_; }
  double step_size() const { return step_; }
  void set_step_size(double step);

 private:
  Module& net_;
  const Loss& loss_;
  double step_;
  Reduction reduction_;
};

}  // namespace nn::inline NN_PRECISION
