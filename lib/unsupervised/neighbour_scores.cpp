#include <algorithm>
#include <string>

#include "nn/core/error.hpp"
#include "nn/unsupervised/scores.hpp"
#include "unsupervised/contingency.hpp"
#include "unsupervised/neighbours.hpp"

namespace nn::inline NN_PRECISION {
namespace {

using detail::Points;

/// How many samples are nearer to i than j is, j included.
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

std::size_t most_frequent(std::span<const Index> rows, const detail::Ranks& labels,
                          std::vector<Index>& votes) {
  std::fill(votes.begin(), votes.end(), 0);
  for (Index row : rows) ++votes[labels.of[static_cast<std::size_t>(row)]];
  return static_cast<std::size_t>(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

}  // namespace

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
      {"trustworthiness", places, detail::column_means(places), "points of the embedding"}, k);
  const Points points("trustworthiness", samples, detail::column_means(samples));
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
      {"nearest_neighbour_accuracy", samples, detail::column_means(samples)}, k);
  const detail::Ranks ranks = detail::rank_labels("nearest_neighbour_accuracy", labels);
  std::vector<Index> votes(ranks.count);
  Index right = 0;
  for (Index i = 0; i < n; ++i)
    right +=
        most_frequent(neighbours.row(i), ranks, votes) == ranks.of[static_cast<std::size_t>(i)];
  return static_cast<double>(right) / static_cast<double>(n);
}

}  // namespace nn::inline NN_PRECISION
