#include "nn/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/reduce.hpp"
#include "ops/row_error.hpp"

namespace nn { inline namespace NN_PRECISION {

Index Dataset::size() const {
  if (x.rank() == 0 || y.rank() == 0 || x.size(0) != y.size(0))
    throw ShapeError("Dataset: expected as many rows in y as in x, got x " + x.shape().to_string() +
                     " and y " + y.shape().to_string());
  if (weight.numel() > 0 && weight.shape() != Shape{x.size(0)})
    throw ShapeError("Dataset: expected a weight for each row of x " + x.shape().to_string() +
                     ", got " + weight.shape().to_string());
  return x.size(0);
}

double Dataset::total_weight() const {
  const Index n = size();
  if (weight.numel() == 0) return static_cast<double>(n);
  for (Index i = 0; i < n; ++i)
    if (!(weight(i) >= 0) || !std::isfinite(weight(i)))
      throw detail::RowError("weight " + to_text(weight(i)), i, "expected a finite number >= 0");
  return sum(weight);
}

Dataset Dataset::slice(Index begin, Index end) const {
  if (begin < 0 || begin > end || end > size())
    throw RangeError("Dataset::slice: rows " + std::to_string(begin) + " to " +
                     std::to_string(end) + " of " + std::to_string(size()));
  return {x.slice(0, begin, end), y.slice(0, begin, end),
          weight.numel() == 0 ? Tensor() : weight.slice(0, begin, end)};
}

Tensor take(const Tensor& tensor, std::span<const Index> rows) {
  if (tensor.rank() == 0) throw ShapeError("take: expected at least one dimension, got ()");
  for (Index row : rows)
    if (row < 0 || row >= tensor.size(0))
      throw RangeError("take: row " + std::to_string(row) + " of a tensor of shape " +
                       tensor.shape().to_string());
  Tensor result(tensor.shape().with(0, static_cast<Index>(rows.size())));
  if (result.numel() == 0) return result;
  const Index length = result.shape().example_numel();
  bool contiguous = tensor.select(0, 0).is_contiguous();
  Scalar* out = result.data();
  for (std::size_t i = 0; i < rows.size(); ++i, out += length) {
    if (contiguous) {
      std::copy_n(tensor.data() + rows[i] * tensor.stride(0), length, out);
    } else {
      result.select(0, static_cast<Index>(i)).copy_from(tensor.select(0, rows[i]));
    }
  }
  return result;
}

Dataset take(const Dataset& data, std::span<const Index> rows) {
  data.size();  // checks that they fit
  return {take(data.x, rows), take(data.y, rows),
          data.weight.numel() == 0 ? Tensor() : take(data.weight, rows)};
}

Tensor class_weights(const Tensor& labels, Index classes) {
  const std::vector<Index> counts = class_counts(labels, classes);
  const double n = static_cast<double>(labels.numel());
  Tensor weight(labels.shape());
  for (Index i = 0; i < labels.numel(); ++i) {
    const Index count = counts[static_cast<std::size_t>(class_index(labels(i), i, classes))];
    weight(i) = static_cast<Scalar>(n / static_cast<double>(classes * count));
  }
  return weight;
}

}}  // namespace nn::NN_PRECISION
