#pragma once

#include <span>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Samples and their targets, row by row. Thread safety: as Tensor.
struct Dataset {
  Tensor x;  // (n, ...)
  Tensor y;  // (n, d) targets, or (n) class indices

  /// n. ShapeError unless x and y have the same number of rows.
  Index size() const;
  /// The rows begin, ..., end - 1: a view. RangeError unless 0 <= begin <= end <= n.
  Dataset slice(Index begin, Index end) const;
};

/// The named rows of a tensor (its first dimension), in the order named, as a contiguous copy. A
/// row may be named more than once. RangeError for a row that does not exist, ShapeError for rank
/// 0.
Tensor take(const Tensor& tensor, std::span<const Index> rows);

/// The same rows of x and y, so that samples and targets stay together.
Dataset take(const Dataset& data, std::span<const Index> rows);

}}  // namespace nn::NN_PRECISION
