#include "nn/train/metrics.hpp"

#include <algorithm>
#include <cmath>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/reduce.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

bool is_column(const Tensor& t) { return t.rank() == 1 || (t.rank() == 2 && t.size(1) == 1); }

void require_matrix(const char* operation, const Tensor& t) {
  if (t.rank() != 1 && t.rank() != 2)
    throw ShapeError(std::string(operation) + ": expected (n) or (n, classes), got " +
                     t.shape().to_string());
}

/// The first largest column of each row; NaN if the row holds one.
Tensor largest_column(const Tensor& rows) {
  return zip(argmax(rows, 1), max(rows, 1),
             [](Scalar column, Scalar largest) { return std::isnan(largest) ? largest : column; });
}

/// The classes of targets and of outputs, (n) each.
struct Classes {
  Tensor expected, got;
};

Classes classes_of(const char* operation, const Tensor& y, const Tensor& yhat, Scalar threshold) {
  Classes classes{class_indices(y), classify(yhat, threshold)};
  const Index count = is_column(yhat) ? 2 : yhat.size(1);
  const bool same_columns = is_column(y) || y.size(1) == count;
  if (!same_columns || classes.expected.shape() != classes.got.shape())
    throw ShapeError(std::string(operation) + ": targets " + y.shape().to_string() +
                     " for outputs " + yhat.shape().to_string());
  return classes;
}

}  // namespace

Tensor predict(const Module& net, const Tensor& x) {
  constexpr Index block = 256;
  Tensor yhat(net.output_shape(x.shape()));
  for (Index begin = 0; begin < x.size(0); begin += block) {
    Index end = std::min(begin + block, x.size(0));
    yhat.slice(0, begin, end).copy_from(net.predict(x.slice(0, begin, end)));
  }
  return yhat;
}

Tensor classify(const Tensor& yhat, Scalar threshold) {
  require_matrix("classify", yhat);
  if (!is_column(yhat)) return largest_column(yhat);
  if (std::isnan(threshold)) throw ArgumentError("classify: the threshold is NaN");
  return map(yhat.reshape({yhat.size(0)}),
             [=](Scalar v) { return std::isnan(v) ? v : Scalar(v > threshold); });
}

Tensor class_indices(const Tensor& y) {
  require_matrix("class_indices", y);
  if (!is_column(y)) return largest_column(y);
  return map(y.reshape({y.size(0)}), [](Scalar v) { return v == -1 ? 0 : v; });
}

double accuracy(const Tensor& y, const Tensor& yhat, Scalar threshold) {
  const auto [expected, got] = classes_of("accuracy", y, yhat, threshold);
  return mean(zip(expected, got, [](Scalar a, Scalar b) { return Scalar(a == b); }));
}

double accuracy(const Module& net, const Dataset& data, Scalar threshold) {
  return accuracy(data.y, predict(net, data.x), threshold);
}

Tensor confusion_matrix(const Tensor& y, const Tensor& yhat, Index classes, Scalar threshold) {
  const auto [expected, got] = classes_of("confusion_matrix", y, yhat, threshold);
  for (Index i = 0; i < got.numel(); ++i)
    if (std::isnan(got(i)))
      throw RangeError("confusion_matrix: the outputs in row " + std::to_string(i) + " hold NaN");
  return matmul(one_hot(expected, classes).transpose(), one_hot(got, classes));
}

double evaluate(const Module& net, const Loss& loss, const Dataset& data) {
  const Tensor costs = loss.forward(data.y, predict(net, data.x));
  if (data.weight.numel() == 0) return mean(costs);
  const double total = data.total_weight();
  if (total == 0) throw ArgumentError("evaluate: all weights are 0");
  return sum(costs * data.weight) / total;
}

}}  // namespace nn::NN_PRECISION
