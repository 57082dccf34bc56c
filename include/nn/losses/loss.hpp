#pragma once

#include <string>

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// What a batch's loss is, made of the costs of its examples. Step sizes mean different things
/// under each: a step under `sum` equals a step under `batch_mean` times the size of the batch.
enum class Reduction {
  sum,         // over the examples
  batch_mean,  // sum / examples
  mean,  // PyTorch's default: sum / (examples * terms()), terms() being the outputs for a loss
         // that sums over outputs (MSE, BCE, hinge) and 1 for cross-entropy
};

/// "sum", "batch_mean", "mean".
std::string to_string(Reduction reduction);

/// A cost for each example of a batch. y holds the targets, yhat what the network gave, both
/// (batch, ...); y may be (batch) where yhat is (batch, 1). Wrong shapes throw ShapeError, targets
/// that a loss has no meaning for RangeError; both name what they got.
class Loss {
 public:
  virtual ~Loss() = default;

  /// (batch): the cost of each example.
  virtual Tensor forward(const Tensor& y, const Tensor& yhat) const = 0;
  /// yhat's shape: the gradient of each example's cost with respect to its row of yhat, not divided
  /// by anything.
  virtual Tensor backward(const Tensor& y, const Tensor& yhat) const = 0;
  /// The costs, and in `delta` the gradient: the bits of the two functions above, in less time for
  /// a loss whose two have work in common and which overrides this.
  virtual Tensor forward_backward(const Tensor& y, const Tensor& yhat, Tensor& delta) const;
  /// How many terms the cost of one example sums, for Reduction::mean.
  virtual Index terms(const Shape& yhat) const { return yhat.example_numel(); }
  virtual std::string describe() const = 0;

  /// What the batch's costs are divided by: 1 for an empty batch.
  double divisor(Reduction reduction, const Shape& yhat) const;
};

}  // namespace nn::inline NN_PRECISION
