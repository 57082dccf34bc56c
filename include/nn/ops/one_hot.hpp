#pragma once

#include <string_view>
#include <vector>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// A label as the index of a class. RangeError, naming it as `name` and its row, unless it is one
/// of 0, 1, ..., classes - 1.
Index class_index(Scalar label, Index row, Index classes, std::string_view name = "label");

/// Rows that are 1 at the label's column and 0 elsewhere.  labels: (n), result: (n, classes).
Tensor one_hot(const Tensor& labels, Index classes);

/// The number of labels of each class.  labels: (n). ShapeError for another rank; RangeError for a
/// label outside 0 ... classes - 1, for classes < 1, and for more classes than memory can hold.
std::vector<Index> class_counts(const Tensor& labels, Index classes);

}}  // namespace nn::NN_PRECISION
