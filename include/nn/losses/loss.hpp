#pragma once

#include <string>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// How the costs of a batch's examples make its loss. The same step size means different things
/// under each: a step s under `sum` equals a step s * batch under `batch_mean`.
enum class Reduction {
  sum,         // over the examples
  batch_mean,  // sum / examples
  mean,        // PyTorch's default: sum / (examples * terms())
};

/// "sum", "batch_mean", "mean".
std::string to_string(Reduction reduction);

/// A cost for each example of a batch. y holds the targets, yhat the network's outputs, both
/// (batch, ...). y may be (batch) where yhat is (batch, 1). ShapeError for shapes that do not fit,
/// RangeError for targets that the loss has no meaning for; both name what they got.
///
/// Thread safety: the library's losses have no state; all their functions may be called from
/// several threads at once.
class Loss {
 public:
  virtual ~Loss() = default;

  /// (batch): the cost of each example.
  virtual Tensor forward(const Tensor& y, const Tensor& yhat) const = 0;
  /// yhat's shape: the gradient of each example's cost with respect to its row of yhat. Not divided
  /// by the reduction's divisor.
  virtual Tensor backward(const Tensor& y, const Tensor& yhat) const = 0;
  /// Returns the costs and stores the gradient in `delta`, with the bits of the two functions
  /// above. A loss whose two functions share work overrides this to save time.
  virtual Tensor forward_backward(const Tensor& y, const Tensor& yhat, Tensor& delta) const;
  /// The number of terms that the cost of one example sums, for Reduction::mean: by default the
  /// outputs, as for MSE, BCE and hinge. For cross-entropy it is 1.
  virtual Index terms(const Shape& yhat) const { return yhat.example_numel(); }
  /// The name of the class and what its constructor was given: "HuberLoss(0.5)".
  virtual std::string describe() const = 0;

  /// The number that divides the sum of the costs. 1 for an empty batch.
  double divisor(Reduction reduction, const Shape& yhat) const;
  /// The same for costs that each have a weight: the sum of the weights, which must not be 0, takes
  /// the place of the number of examples.
  double divisor(Reduction reduction, const Shape& yhat, double total_weight) const;
};

}}  // namespace nn::NN_PRECISION
