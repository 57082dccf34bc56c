#pragma once

#include <span>

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// Samples and what is to be learnt of them, row by row.
struct Dataset {
  Tensor x;  // (n, ...)
  Tensor y;  // (n, d) targets, or (n) class indices

  /// n; ShapeError unless x and y have equally many rows.
  Index size() const;
  /// The rows begin, ..., end - 1: a view. RangeError unless 0 <= begin <= end <= n.
  Dataset slice(Index begin, Index end) const;
};

/// The rows of a tensor (its first dimension) in the order named, each as often as named: a copy
/// of its own, contiguous. RangeError for a row that is not there, ShapeError for rank 0.
Tensor take(const Tensor& tensor, std::span<const Index> rows);

/// The same rows of x and y, so that samples and targets stay together.
Dataset take(const Dataset& data, std::span<const Index> rows);

}  // namespace nn::inline NN_PRECISION
