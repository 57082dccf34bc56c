#include "nn/ops/one_hot.hpp"

#include <exception>
#include <string>

#include "core/memory_size.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "ops/row_error.hpp"

namespace nn { inline namespace NN_PRECISION {

Index class_index(Scalar label, Index row, Index classes, std::string_view name) {
  if (!(label >= 0 && label < static_cast<Scalar>(classes)) ||
      label != static_cast<Scalar>(static_cast<Index>(label))) {
    throw detail::RowError(std::string(name) + " " + to_text(label), row,
                           "expected a whole number from 0 to " + std::to_string(classes - 1));
  }
  return static_cast<Index>(label);
}

Tensor one_hot(const Tensor& labels, Index classes) {
  if (labels.rank() != 1)
    throw ShapeError("one_hot: expected labels (n), got " + labels.shape().to_string());
  Tensor rows = Tensor::zeros({labels.size(0), classes});
  for (Index i = 0; i < labels.size(0); ++i) rows(i, class_index(labels(i), i, classes)) = 1;
  return rows;
}

std::vector<Index> class_counts(const Tensor& labels, Index classes) {
  if (labels.rank() != 1)
    throw ShapeError("class_counts: expected labels (n), got " + labels.shape().to_string());
  if (classes < 1)
    throw RangeError("class_counts: expected at least one class, got " + std::to_string(classes));
  std::vector<Index> counts;
  try {
    counts.resize(detail::memory_size(classes));
  } catch (const std::exception&) {  // RangeError, std::length_error or std::bad_alloc
    throw RangeError("class_counts: cannot allocate " + std::to_string(classes) + " counts");
  }
  for (Index i = 0; i < labels.size(0); ++i)
    ++counts[static_cast<std::size_t>(class_index(labels(i), i, classes))];
  return counts;
}

}}  // namespace nn::NN_PRECISION
