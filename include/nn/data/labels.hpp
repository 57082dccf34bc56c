#pragma once

#include <vector>

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// How many labels there are of each class. labels: (n) class indices 0, 1, ..., classes - 1.
/// ShapeError for another rank, RangeError, naming the row and the label, for a label that is none
/// of these, and for no class or more than there is memory for. (The labels as rows of 0 and 1:
/// one_hot, in nn/ops.)
std::vector<Index> class_counts(const Tensor& labels, Index classes);

}  // namespace nn::inline NN_PRECISION
