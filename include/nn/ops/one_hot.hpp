#pragma once

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// A label as the index of a class. RangeError, naming the label and its row, unless it is a whole
/// number in 0 ... classes - 1.
Index class_index(Scalar label, Index row, Index classes);

/// Rows that are 1 at the label's column and 0 elsewhere.  labels: (n), result: (n, classes).
Tensor one_hot(const Tensor& labels, Index classes);

}  // namespace nn::inline NN_PRECISION
