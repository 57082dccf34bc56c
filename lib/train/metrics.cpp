#include "nn/train/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/portable_math.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/core/threads.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/reduce.hpp"
#include "ops/row_error.hpp"
#include "train/mean_cost.hpp"

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
  constexpr Index block = 128;
  Tensor yhat(net.output_shape(x.shape()));
  const Index rows = x.size(0);
  parallel_for((rows + block - 1) / block, 1, [&](Index first, Index last) {
    for (Index begin = first * block; begin < std::min(last * block, rows); begin += block) {
      const Index end = std::min(begin + block, rows);
      yhat.slice(0, begin, end).copy_from(net.predict(x.slice(0, begin, end)));
    }
  });
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

double ClassScores::macro(const Tensor& score) const { return mean(score); }

double ClassScores::weighted(const Tensor& score) const {
  return sum(score * support) / sum(support);
}

ClassScores class_scores(const Tensor& y, const Tensor& yhat, Index classes, Scalar threshold) {
  const auto [expected, got] = classes_of("class_scores", y, yhat, threshold);
  Tensor right = Tensor::zeros({classes}), taken = right.clone(), support = right.clone();
  for (Index i = 0; i < expected.numel(); ++i) {
    const Index c = class_index(expected(i), i, classes);
    ++support(c);
    if (std::isnan(got(i))) continue;
    ++taken(class_index(got(i), i, classes, "class"));
    if (got(i) == expected(i)) ++right(c);
  }
  auto share = [](Scalar part, Scalar whole) { return whole == 0 ? 0 : part / whole; };
  return {zip(right, taken, share), zip(right, support, share),
          zip(2 * right, taken + support, share), support};
}

double top_k_accuracy(const Tensor& y, const Tensor& yhat, Index k) {
  if (k < 1) throw ArgumentError("top_k_accuracy: expected k >= 1, got " + std::to_string(k));
  const auto [expected, got] = classes_of("top_k_accuracy", y, yhat, 0);
  if (is_column(yhat))
    throw ShapeError("top_k_accuracy: expected (n, classes), got " + yhat.shape().to_string());
  Index right = 0;
  for (Index i = 0; i < got.numel(); ++i) {
    const Scalar c = expected(i);
    if (std::isnan(got(i)) || !(c >= 0 && c < static_cast<Scalar>(yhat.size(1)))) continue;
    const auto own = static_cast<Index>(c);
    Index before = 0;
    for (Index j = 0; j < yhat.size(1); ++j)
      before += yhat(i, j) > yhat(i, own) || (j < own && yhat(i, j) == yhat(i, own));
    right += before < k;
  }
  return static_cast<double>(right) / static_cast<double>(got.numel());
}

namespace {

/// Of one class: scores of its rows and of all others, by the ranks of their union (Mann and
/// Whitney).
double area_of(std::vector<std::pair<Scalar, bool>> rows) {
  double own = 0, below = 0, sum = 0;  // below: others with a smaller score
  std::sort(rows.begin(), rows.end());
  for (std::size_t begin = 0, end; begin < rows.size(); begin = end) {
    double own_here = 0, others_here = 0;
    for (end = begin; end < rows.size() && rows[end].first == rows[begin].first; ++end)
      ++(rows[end].second ? own_here : others_here);
    sum += own_here * (below + others_here / 2);
    own += own_here;
    below += others_here;
  }
  if (own == 0 || below == 0)
    throw ArgumentError("roc_auc: a class has no row, or there is no row of another");
  return sum / (own * below);
}

}  // namespace

double roc_auc(const Tensor& y, const Tensor& yhat) {
  const auto [expected, got] = classes_of("roc_auc", y, yhat, 0);
  const bool is_binary = is_column(yhat);
  const Tensor scores = is_binary ? yhat.reshape({yhat.size(0), 1}) : yhat;
  constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
  double total = 0;
  for (Index c = 0; c < scores.size(1); ++c) {
    std::vector<std::pair<Scalar, bool>> rows;
    for (Index i = 0; i < got.numel(); ++i) {
      const bool own = expected(i) == static_cast<Scalar>(is_binary ? 1 : c);
      const Scalar score = scores(i, c);
      rows.emplace_back(std::isnan(score) ? (own ? -infinity : infinity) : score, own);
    }
    total += area_of(std::move(rows));
  }
  return total / static_cast<double>(scores.size(1));
}

double log_loss(const Tensor& y, const Tensor& yhat) {
  const auto [expected, got] = classes_of("log_loss", y, yhat, 0);
  const bool is_binary = is_column(yhat);
  const Index classes = is_binary ? 2 : yhat.size(1);
  const Tensor p = is_binary ? yhat.reshape({yhat.size(0), 1}) : yhat;
  double total = 0;
  for (Index i = 0; i < got.numel(); ++i) {
    const Index c = class_index(expected(i), i, classes);
    double sum = 0;
    for (Index j = 0; j < p.size(1); ++j) {
      if (p(i, j) < 0 || p(i, j) > 1)
        throw detail::RowError("log_loss: output " + to_text(p(i, j)), i, "expected a probability");
      sum += static_cast<double>(p(i, j));
    }
    double own = static_cast<double>(p(i, is_binary ? 0 : c)) / (is_binary ? 1 : sum);
    if (is_binary && c == 0) own = 1 - own;
    if (std::isnan(own)) return own;
    total -= detail::portable_log(std::clamp(own, 1e-15, 1 - 1e-15));
  }
  return total / static_cast<double>(got.numel());
}

namespace {

/// (n, outputs) both; ShapeError for other shapes, and for fewer rows.
std::pair<Tensor, Tensor> rows_of(const char* operation, const Tensor& y, const Tensor& yhat,
                                  Index least) {
  require_matrix(operation, y);
  if (y.shape() != yhat.shape() || y.size(0) < least)
    throw ShapeError(std::string(operation) + ": targets " + y.shape().to_string() +
                     " for outputs " + yhat.shape().to_string());
  const Shape shape{y.size(0), y.shape().example_numel()};
  return {y.reshape(shape), yhat.reshape(shape)};
}

}  // namespace

double mean_absolute_error(const Tensor& y, const Tensor& yhat) {
  const auto [expected, got] = rows_of("mean_absolute_error", y, yhat, 1);
  return mean(map(expected - got, [](Scalar e) { return std::abs(e); }));
}

double r2_score(const Tensor& y, const Tensor& yhat) {
  const auto [expected, got] = rows_of("r2_score", y, yhat, 2);
  double total = 0;
  for (Index j = 0; j < expected.size(1); ++j) {
    const Tensor target = expected.select(1, j), error = target - got.select(1, j);
    const double centre = mean(target);
    double squares = 0, errors = 0;
    for (Index i = 0; i < target.numel(); ++i) {
      const double gap = static_cast<double>(target(i)) - centre, e = static_cast<double>(error(i));
      squares += gap * gap;
      errors += e * e;
    }
    total += squares != 0 ? 1 - errors / squares : errors == 0 ? 1 : 0;
  }
  return total / static_cast<double>(expected.size(1));
}

double evaluate(const Module& net, const Loss& loss, const Dataset& data) {
  return detail::mean_cost(loss, data, predict(net, data.x));
}

double detail::mean_cost(const Loss& loss, const Dataset& data, const Tensor& yhat) {
  const Tensor costs = loss.forward(data.y, yhat);
  if (data.weight.numel() == 0) return mean(costs);
  const double total = data.total_weight();
  if (total == 0) throw ArgumentError("evaluate: all weights are 0");
  return sum(costs * data.weight) / total;
}

}}  // namespace nn::NN_PRECISION
