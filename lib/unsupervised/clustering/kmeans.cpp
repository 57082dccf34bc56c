#include "nn/unsupervised/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/core/threads.hpp"
#include "unsupervised/clustering/cluster_sums.hpp"
#include "unsupervised/clustering/kmeans_start.hpp"
#include "unsupervised/clustering/nearest_centre.hpp"
#include "unsupervised/clustering/sample_blocks.hpp"
#include "unsupervised/points.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using detail::Points;
using detail::SampleBlocks;
using detail::squared_distance;

/// One run of Lloyd's algorithm.
class Lloyd {
 public:
  Lloyd(const SampleBlocks& samples, const std::vector<Scalar>& origin, const Tensor& centres)
      : samples_(samples),
        origin_(origin),
        k_(centres.size(0)),
        centres_(centres),
        nearest_(samples, k_),
        sums_(samples, k_),
        counts_(static_cast<std::size_t>(k_)),
        moved_(static_cast<std::size_t>(k_)) {}

  KMeansResult run(Index max_iterations, double tolerated_shift) {
    Index iteration = 0;
    bool converged = false;
    while (!converged && iteration < max_iterations) {
      ++iteration;
      assign();
      fill_empty_clusters();
      const Index changed = sums_.update(nearest_.labels());
      converged = move_centres() <= tolerated_shift || changed == 0;
    }
    sums_.restart();
    sums_.update(nearest_.labels());
    move_centres();
    assign();
    return result(iteration, converged);
  }

 private:
  Index& count(Index cluster) { return counts_[static_cast<std::size_t>(cluster)]; }
  Index label(Index i) const { return nearest_.label(i); }

  void assign() {
    nearest_.assign(Points("kmeans", centres_, origin_, "centres"), moved_);
    std::fill(moved_.begin(), moved_.end(), 0.0);
    std::fill(counts_.begin(), counts_.end(), 0);
    for (Index cluster : nearest_.labels()) ++count(cluster);
  }

  void fill_empty_clusters() {
    for (Index cluster = 0; cluster < k_; ++cluster) {
      if (count(cluster) > 0) continue;
      const Index i = farthest_sample();
      if (i < 0) return;
      --count(label(i));
      nearest_.relabel(i, cluster);
      ++count(cluster);
    }
  }

  /// The sample farthest from its centre, the first of equal ones, among those that are not alone.
  /// -1 if all of these are at their centres.
  Index farthest_sample() {
    double farthest = 0;
    Index found = -1;
    for (Index i = 0; i < samples_.n; ++i) {
      if (count(label(i)) < 2) continue;
      const double distance = distance_to_centre(i);
      if (distance > farthest) {
        farthest = distance;
        found = i;
      }
    }
    return found;
  }

  double distance_to_centre(Index i) {
    return squared_distance(samples_.row(i), centres_.data() + label(i) * samples_.d, samples_.d);
  }

  /// Moves centres to the means of their samples; empty ones stay. Returns the sum of the squared
  /// distances.
  double move_centres() {
    const Index d = samples_.d;
    Tensor moved = centres_.clone();
    std::vector<double> sum(static_cast<std::size_t>(d));
    double shift = 0;
    for (Index cluster = 0; cluster < k_; ++cluster) {
      if (count(cluster) == 0) continue;
      sums_.copy_sum(cluster, sum.data());
      Scalar* centre = moved.data() + cluster * d;
      for (Index j = 0; j < d; ++j)
        centre[j] = static_cast<Scalar>(sum[static_cast<std::size_t>(j)] /
                                        static_cast<double>(count(cluster)));
      const double square = squared_distance(centre, centres_.data() + cluster * d, d);
      moved_[static_cast<std::size_t>(cluster)] += std::sqrt(square);
      shift += square;
    }
    centres_ = moved;
    return shift;
  }

  KMeansResult result(Index iterations, bool converged) {
    std::vector<double> distances(static_cast<std::size_t>(samples_.n));
    parallel_for(samples_.n, 512, [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i)
        distances[static_cast<std::size_t>(i)] = distance_to_centre(i);
    });
    Tensor labels({samples_.n});
    double inertia = 0;
    for (Index i = 0; i < samples_.n; ++i) {
      labels(i) = static_cast<Scalar>(label(i));
      inertia += distances[static_cast<std::size_t>(i)];
    }
    const auto empty = std::count(counts_.begin(), counts_.end(), 0);
    return {centres_, labels, inertia, iterations, converged, static_cast<Index>(empty)};
  }

  const SampleBlocks& samples_;
  const std::vector<Scalar>& origin_;
  Index k_;
  Tensor centres_;  // (k, d)
  detail::NearestCentres nearest_;
  detail::ClusterSums sums_;
  std::vector<Index> counts_;  // (k): by the labels
  std::vector<double> moved_;  // (k): how far each centre moved since the labels
};

void check_options(const Tensor& x, const KMeansOptions& options) {
  const Index n = x.size(0), k = options.clusters;
  if (k < 1 || k > n)
    throw RangeError("kmeans: expected 1 to " + std::to_string(n) + " clusters for " +
                     std::to_string(n) + " samples, got " + std::to_string(k));
  if (options.starts < 1 || options.max_iterations < 1 || !(options.tolerance >= 0))
    throw RangeError("kmeans: expected starts and max_iterations >= 1 and tolerance >= 0, got " +
                     std::to_string(options.starts) + ", " +
                     std::to_string(options.max_iterations) + " and " + to_text(options.tolerance));
  if (options.centres.numel() != 0 && options.centres.shape() != Shape({k, x.size(1)}))
    throw ShapeError("kmeans: expected centres " + Shape({k, x.size(1)}).to_string() + ", got " +
                     options.centres.shape().to_string());
}

Tensor first_centres(const SampleBlocks& samples, const KMeansOptions& options, Rng& rng) {
  if (options.centres.numel() != 0)
    return detail::checked_samples("kmeans", options.centres, "centres");
  Tensor centres({options.clusters, samples.d});
  Index row = 0;
  for (Index i : detail::choose_centres(samples, options.clusters, options.init, rng))
    centres.select(0, row++).copy_from(samples.x.select(0, i));
  return centres;
}

}  // namespace

KMeansResult kmeans(const Tensor& x, const KMeansOptions& options, Rng& rng) {
  const Tensor samples = detail::checked_samples("kmeans", x);
  check_options(samples, options);
  const std::vector<Scalar> origin = detail::origin_near(samples);
  const SampleBlocks blocks("kmeans", samples, origin);
  double squares = 0;
  for (Index i = 0; i < blocks.n; ++i) squares += blocks.norms[static_cast<std::size_t>(i)];
  // No inertia is larger: |x - c|^2 <= 2 |x|^2 + 2 |c|^2, and the squares of the samples' means sum
  // up to no more than those of the samples.
  if (!std::isfinite(4 * squares))
    throw ArgumentError("kmeans: the sum of the samples' squared distances overflows");
  const double tolerated = options.tolerance * squares / static_cast<double>(samples.numel());
  const Index runs = options.centres.numel() != 0 ? 1 : options.starts;
  std::optional<KMeansResult> best;
  for (Index start = 0; start < runs; ++start) {
    Lloyd lloyd(blocks, origin, first_centres(blocks, options, rng));
    KMeansResult result = lloyd.run(options.max_iterations, tolerated);
    if (!best || result.inertia < best->inertia) best = std::move(result);
  }
  return *best;
}

Tensor KMeansResult::predict(const Tensor& x) const {
  const Tensor samples = detail::checked_samples("KMeansResult::predict", x);
  if (samples.size(1) != centres.size(1))
    throw ShapeError("KMeansResult::predict: expected samples (n, " +
                     std::to_string(centres.size(1)) + "), got " + samples.shape().to_string());
  const std::vector<Scalar> origin = detail::origin_near(centres);
  const SampleBlocks blocks("KMeansResult::predict", samples, origin);
  detail::NearestCentres nearest(blocks, centres.size(0));
  nearest.assign(Points("KMeansResult::predict", centres, origin, "centres"),
                 std::vector<double>(static_cast<std::size_t>(centres.size(0))));
  Tensor result({samples.size(0)});
  std::copy(nearest.labels().begin(), nearest.labels().end(), result.data());
  return result;
}

}}  // namespace nn::NN_PRECISION
