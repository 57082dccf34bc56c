#include "nn/unsupervised/scores.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/portable_math.hpp"
#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "unsupervised/neighbours.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using detail::Points;

/// The labels as 0, 1, ..., count - 1, in ascending order of the labels.
struct Ranks {
  std::vector<std::size_t> of;
  std::size_t count;
};

Ranks rank_labels(const char* score, const Tensor& labels) {
  if (!all_finite(labels))
    throw ArgumentError(std::string(score) + ": the labels hold NaN or infinity");
  const Tensor values = labels.contiguous();
  std::vector<Scalar> distinct(values.data(), values.data() + values.numel());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  Ranks ranks{{}, distinct.size()};
  for (Index i = 0; i < values.numel(); ++i) {
    const auto place = std::lower_bound(distinct.begin(), distinct.end(), values.data()[i]);
    ranks.of.push_back(static_cast<std::size_t>(place - distinct.begin()));
  }
  return ranks;
}

/// How many samples have each pair of labels.
struct Contingency {
  struct Pair {
    std::size_t row, column;
    double count;
  };
  double total;
  std::vector<double> rows, columns;  // the counts of each label alone
  std::vector<Pair> pairs;            // those that occur, by row, then column
};

Contingency count_pairs(const char* score, const Tensor& rows, const Tensor& columns) {
  if (rows.rank() != 1 || rows.numel() == 0 || rows.shape() != columns.shape())
    throw ShapeError(std::string(score) + ": expected two equal shapes (n), n >= 1, got " +
                     rows.shape().to_string() + " and " + columns.shape().to_string());
  const Ranks row = rank_labels(score, rows), column = rank_labels(score, columns);
  Contingency table{static_cast<double>(row.of.size()),
                    std::vector<double>(row.count),
                    std::vector<double>(column.count),
                    {}};
  std::map<std::pair<std::size_t, std::size_t>, double> counts;
  for (std::size_t i = 0; i < row.of.size(); ++i) {
    ++table.rows[row.of[i]];
    ++table.columns[column.of[i]];
    ++counts[{row.of[i], column.of[i]}];
  }
  for (const auto& [pair, count] : counts) table.pairs.push_back({pair.first, pair.second, count});
  return table;
}

/// Whether each class is one cluster, and each cluster one class.
bool is_same_partition(const Contingency& table) {
  return table.pairs.size() == table.rows.size() && table.pairs.size() == table.columns.size();
}

double sum_of_squares(const std::vector<double>& counts) {
  double sum = 0;
  for (double count : counts) sum += count * count;
  return sum;
}

/// Of a distribution given by its counts.
double entropy_of(const std::vector<double>& counts, double total) {
  double sum = 0;
  for (double count : counts) sum -= count / total * detail::portable_log(count / total);
  return sum;
}

double mutual_information(const Contingency& table) {
  double sum = 0;
  for (const auto& [row, column, count] : table.pairs)
    sum += count / table.total *
           detail::portable_log(count * table.total / (table.rows[row] * table.columns[column]));
  return sum;
}

/// The rank of j among the neighbours of i, from 1; equal distances by index.
Index rank_of(const Points& points, Index i, Index j, const std::vector<double>& approximate) {
  const double limit = detail::squared_distance(points.row(i), points.row(j), points.dims());
  const double bound = detail::error_bound(points.dims(), points.norms[static_cast<std::size_t>(i)],
                                           points.largest_norm);
  Index rank = 1;
  for (Index other = 0; other < points.size(); ++other) {
    const double distance = approximate[static_cast<std::size_t>(other)];
    if (distance > limit + bound || other == i || other == j) continue;
    if (distance < limit - bound) {
      ++rank;
      continue;
    }
    const double exact = detail::squared_distance(points.row(i), points.row(other), points.dims());
    if (exact < limit || (exact == limit && other < j)) ++rank;
  }
  return rank;
}

std::size_t most_frequent(std::span<const Index> rows, const Ranks& labels,
                          std::vector<Index>& votes) {
  std::fill(votes.begin(), votes.end(), 0);
  for (Index row : rows) ++votes[labels.of[static_cast<std::size_t>(row)]];
  return static_cast<std::size_t>(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

}  // namespace

double adjusted_rand_index(const Tensor& classes, const Tensor& clusters) {
  const Contingency table = count_pairs("adjusted_rand_index", classes, clusters);
  if (is_same_partition(table)) return 1;
  // Ordered pairs of different samples: whole numbers, exact below 2^53.
  double same_both = -table.total;
  for (const auto& pair : table.pairs) same_both += pair.count * pair.count;
  const double same_class = sum_of_squares(table.rows) - table.total;
  const double same_cluster = sum_of_squares(table.columns) - table.total;
  const double only_class = same_class - same_both, only_cluster = same_cluster - same_both;
  const double none = table.total * (table.total - 1) - same_both - only_class - only_cluster;
  return 2 * (same_both * none - only_class * only_cluster) /
         ((same_both + only_class) * (only_class + none) +
          (same_both + only_cluster) * (only_cluster + none));
}

double normalized_mutual_information(const Tensor& classes, const Tensor& clusters) {
  const Contingency table = count_pairs("normalized_mutual_information", classes, clusters);
  if (is_same_partition(table)) return 1;
  const double shared = std::max(mutual_information(table), 0.0);
  if (shared < std::numeric_limits<double>::epsilon()) return 0;
  const double normalizer =
      (entropy_of(table.rows, table.total) + entropy_of(table.columns, table.total)) / 2;
  return std::min(shared / normalizer, 1.0);
}

double purity(const Tensor& classes, const Tensor& clusters) {
  const Contingency table = count_pairs("purity", classes, clusters);
  std::vector<double> largest(table.columns.size());
  for (const auto& [row, column, count] : table.pairs)
    largest[column] = std::max(largest[column], count);
  double sum = 0;
  for (double count : largest) sum += count;
  return sum / table.total;
}

double trustworthiness(const Tensor& x, const Tensor& embedding, Index k) {
  const Tensor samples = detail::checked_samples("trustworthiness", x);
  const Tensor places =
      detail::checked_samples("trustworthiness", embedding, "points of the embedding");
  const Index n = samples.size(0);
  if (places.size(0) != n)
    throw ShapeError("trustworthiness: expected an embedding (" + std::to_string(n) + ", e), got " +
                     embedding.shape().to_string());
  if (k < 1 || 2 * k >= n)
    throw RangeError("trustworthiness: expected 1 <= k < n / 2 for n = " + std::to_string(n) +
                     ", got " + std::to_string(k));
  const detail::Neighbours neighbours = detail::nearest_neighbours(
      {"trustworthiness", places, detail::origin_near(places), "points of the embedding"}, k);
  const Points points("trustworthiness", samples, detail::origin_near(samples));
  std::vector<Index> excess(static_cast<std::size_t>(n));  // by sample
  detail::for_each_distance_row(points, [&](Index i, const std::vector<double>& approximate) {
    for (Index j : neighbours.row(i))
      excess[static_cast<std::size_t>(i)] +=
          std::max<Index>(0, rank_of(points, i, j, approximate) - k);
  });
  double sum = 0;
  for (Index ranks : excess) sum += static_cast<double>(ranks);
  const auto count = static_cast<double>(n), kept = static_cast<double>(k);
  return 1 - sum * (2 / (count * kept * (2 * count - 3 * kept - 1)));
}

double nearest_neighbour_accuracy(const Tensor& x, const Tensor& labels, Index k) {
  const Tensor samples = detail::checked_samples("nearest_neighbour_accuracy", x);
  const Index n = samples.size(0);
  if (labels.shape() != Shape({n}))
    throw ShapeError("nearest_neighbour_accuracy: expected labels (" + std::to_string(n) +
                     "), got " + labels.shape().to_string());
  if (k < 1 || k > n - 1)
    throw RangeError("nearest_neighbour_accuracy: expected 1 <= k <= n - 1 for n = " +
                     std::to_string(n) + ", got " + std::to_string(k));
  const detail::Neighbours neighbours = detail::nearest_neighbours(
      {"nearest_neighbour_accuracy", samples, detail::origin_near(samples)}, k);
  const Ranks ranks = rank_labels("nearest_neighbour_accuracy", labels);
  std::vector<Index> votes(ranks.count);
  Index right = 0;
  for (Index i = 0; i < n; ++i)
    right +=
        most_frequent(neighbours.row(i), ranks, votes) == ranks.of[static_cast<std::size_t>(i)];
  return static_cast<double>(right) / static_cast<double>(n);
}

}}  // namespace nn::NN_PRECISION
