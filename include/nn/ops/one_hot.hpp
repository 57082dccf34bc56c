#pragma once

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// Rows that are 1 at the label's column and 0 elsewhere.  labels: (n), result: (n, classes).
/// RangeError, naming row and label, unless each label is a whole number in 0 ... classes - 1.
Tensor one_hot(const Tensor& labels, Index classes);

}  // namespace nn::inline NN_PRECISION
