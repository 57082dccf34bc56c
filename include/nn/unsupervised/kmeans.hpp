#pragma once

#include "nn/core/rng.hpp"
#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// How k-means chooses its first centres among the samples.
enum class KMeansInit {
  /// k-means++ (Arthur and Vassilvitskii, SODA 2007): one centre after the other. A sample's
  /// probability is in proportion to its squared distance from the nearest centre so far. As in
  /// scikit-learn, 2 + floor(ln k) samples are drawn, and the one that leaves the smallest sum of
  /// these distances becomes a centre (section 5, the greedy variant).
  plus_plus,
  /// k different samples, all choices equally likely.
  random,
};

/// Of kmeans().
struct KMeansOptions {
  Index clusters = 8;          // k
  Index starts = 1;            // runs; the one of smallest inertia counts, the first of equal ones
  Index max_iterations = 300;  // of each run
  double tolerance = 1e-4;     // ends a run: see kmeans()
  KMeansInit init = KMeansInit::plus_plus;
  Tensor centres = {};  // (clusters, d): the first centres, instead of init; makes one run
};

/// What kmeans() found.
struct KMeansResult {
  Tensor centres;        // (clusters, d)
  Tensor labels;         // (n): each sample's nearest centre, 0, 1, ..., clusters - 1
  double inertia;        // the sum of the squared distances to it
  Index iterations;      // that moved the centres
  bool converged;        // max_iterations did not end it
  Index empty_clusters;  // centres without a sample, usually for lack of distinct samples

  /// (m): the nearest centre of each of other samples x: (m, d). For the samples it gives `labels`.
  /// ShapeError for another shape, ArgumentError if an element is not finite, or so large that
  /// squared distances overflow. May be called from several threads at once.
  Tensor predict(const Tensor& x) const;
};

/// k-means clustering of x: (n, d), by Lloyd's algorithm (IEEE Trans. Inf. Theory 28(2), 1982). In
/// each iteration every sample goes to its nearest centre, then every centre to the mean of its
/// samples. A run ends when no sample changes its centre, when the squared distances that the
/// centres move add up to at most tolerance * (mean variance of the columns), or after
/// max_iterations. Labels and inertia are computed once more at the end: they are those of the
/// centres returned.
///
/// Distances are sum_j (x_j - c_j)^2 in double; of equal ones the first centre counts. The faster
/// form |x|^2 - 2 x c + |c|^2 is used only where its rounding errors cannot change a label. Centres
/// are rounded to Scalar: at an offset of 1e6 float moves them by up to 0.03. Subtract such an
/// offset first (StandardScaler).
///
/// A centre without samples moves to the sample farthest from its own centre, the first of equal
/// ones. A sample that is alone or at its centre is not taken. With fewer distinct samples than
/// clusters some centres stay empty: see empty_clusters.
///
/// The generator is the only state: with a generator each, several threads may call this at once.
///
/// ShapeError unless x has two dimensions, or for centres of another shape than (clusters, d);
/// RangeError unless 1 <= clusters <= n, starts and max_iterations >= 1 and tolerance >= 0;
/// ArgumentError if an element is not finite, or so large that squared distances or their sum
/// overflow.
KMeansResult kmeans(const Tensor& x, const KMeansOptions& options, Rng& rng);

}}  // namespace nn::NN_PRECISION
