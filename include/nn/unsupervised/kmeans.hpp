#pragma once

#include "nn/core/rng.hpp"
#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// How k-means finds its first centres among the samples.
enum class KMeansInit {
  /// k-means++ (Arthur and Vassilvitskii, SODA 2007): one after the other, each sample with a
  /// probability in proportion to its squared distance from the nearest centre so far; as in
  /// scikit-learn the best of 2 + floor(ln k) such draws (section 5, the greedy variant): the one
  /// that leaves the smallest sum of these distances.
  plus_plus,
  /// k different samples, all choices equally likely.
  random,
};

struct KMeansOptions {
  Index clusters = 8;
  Index starts = 1;            // the best of this many runs, by inertia; the first of equal ones
  Index max_iterations = 300;  // of each run
  double tolerance = 1e-4;     // ends a run: see kmeans()
  KMeansInit init = KMeansInit::plus_plus;
  Tensor centres = {};  // (clusters, d): the first centres, instead of init; makes one run
};

struct KMeansResult {
  Tensor centres;        // (clusters, d)
  Tensor labels;         // (n): each sample's nearest centre, 0, 1, ..., clusters - 1
  double inertia;        // the sum of the squared distances to it
  Index iterations;      // in which centres were moved
  bool converged;        // it ended before max_iterations
  Index empty_clusters;  // centres without a sample: there are fewer distinct samples, mostly

  /// (m): the nearest of `centres` for other samples x: (m, d). predict(the samples) == labels.
  /// ShapeError for another shape, ArgumentError if an element is not finite.
  Tensor predict(const Tensor& x) const;
};

/// k-means clustering of x: (n, d), by Lloyd's algorithm (IEEE Trans. Inf. Theory 28(2), 1982):
/// each sample goes to its nearest centre, then each centre to the mean of its samples, until no
/// sample changes its centre, or all centres together move by a squared distance of at most
/// tolerance * (mean variance of the columns), or max_iterations. Labels and inertia are then
/// computed once more, so that they are always those of the centres returned.
///
/// Distances are sum_j (x_j - c_j)^2 in double; among equal ones the first centre is taken. (The
/// expanded form |x|^2 - 2 x c + |c|^2 only proposes: where its rounding error could matter, the
/// sum decides.) A centre that has lost all its samples moves to the sample that lies farthest from
/// its own centre, the first of these, unless that sample is alone or at its centre; else it stays.
/// So with fewer distinct samples than clusters some centres stay empty: see empty_clusters.
///
/// ShapeError unless x has two dimensions, or for centres of another shape than (clusters, d);
/// RangeError unless 1 <= clusters <= n, starts and max_iterations >= 1 and tolerance >= 0;
/// ArgumentError if an element is not finite, or so large that squared distances overflow.
KMeansResult kmeans(const Tensor& x, const KMeansOptions& options, Rng& rng);

}  // namespace nn::inline NN_PRECISION
