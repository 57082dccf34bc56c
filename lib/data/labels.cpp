#include "nn/data/labels.hpp"

#include <cmath>
#include <exception>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace nn::inline NN_PRECISION {

std::vector<Index> class_counts(const Tensor& labels, Index classes) {
  if (labels.rank() != 1)
    throw ShapeError("class_counts: expected labels (n), got " + labels.shape().to_string());
  if (classes < 1)
    throw RangeError("class_counts: expected at least one class, got " + std::to_string(classes));
  std::vector<Index> counts;
  try {
    counts.resize(static_cast<std::size_t>(classes));
  } catch (const std::exception&) {  // std::length_error or std::bad_alloc
    throw RangeError("class_counts: cannot allocate " + std::to_string(classes) + " counts");
  }
  for (Index i = 0; i < labels.size(0); ++i) {
    // Compared before it is converted: NaN and 1e30 fit no integer.
    Scalar label = labels(i);
    if (!(label >= 0 && label < static_cast<Scalar>(classes) && label == std::floor(label)))
      throw RangeError("class_counts: label " + to_text(label) + " in row " + std::to_string(i) +
                       ": expected a whole number from 0 to " + std::to_string(classes - 1));
    ++counts[static_cast<std::size_t>(label)];
  }
  return counts;
}

}  // namespace nn::inline NN_PRECISION
