#pragma once

#include <span>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Samples and their targets, row by row. Thread safety: as Tensor.
struct Dataset {
  Tensor x;  // (n, ...)
  Tensor y;  // (n, d) targets, or (n) class indices
  /// (n): how much each example counts, a finite number >= 0. Empty: each counts 1. Weight 0 leaves
  /// an example out, but the loss must take its target, its cost must be finite, and BatchNorm sees
  /// it.
  Tensor weight = {};

  /// n. ShapeError unless x, y and the weights, if any, have the same number of rows.
  Index size() const;
  /// The sum of the weights, n without any. RangeError, naming the row, for a weight that is
  /// negative or not finite.
  double total_weight() const;
  /// The rows begin, ..., end - 1: a view. RangeError unless 0 <= begin <= end <= n.
  Dataset slice(Index begin, Index end) const;
};

/// The named rows of a tensor (its first dimension), in the order named, as a contiguous copy. A
/// row may be named more than once. RangeError for a row that does not exist, ShapeError for rank
/// 0.
Tensor take(const Tensor& tensor, std::span<const Index> rows);

/// The same rows of x, y and the weights, so that they stay together.
Dataset take(const Dataset& data, std::span<const Index> rows);

/// (n): for each example the weight n / (classes n_c), n_c being how many examples have its class:
/// all classes that occur then count the same. scikit-learn's class_weight="balanced". labels: (n)
/// class indices; errors as class_counts().
Tensor class_weights(const Tensor& labels, Index classes);

}}  // namespace nn::NN_PRECISION
