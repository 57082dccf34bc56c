#pragma once

#include <vector>

#include "nn/unsupervised/tsne.hpp"
#include "unsupervised/embedding/affinities.hpp"
#include "unsupervised/embedding/quad_tree.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// t-SNE's cost and its gradient.
class TsneGradient {
 public:
  TsneGradient(const SparseRows& affinities, TsneMethod method, double angle);

  /// Sets gradient[2 i] and gradient[2 i + 1] to dC/dy_i at the embedding xy of n points, with the
  /// affinities multiplied by `exaggeration`.
  void compute(const Scalar* xy, double exaggeration, std::vector<Scalar>& gradient);

  /// The cost at xy, over the affinities that are kept.
  double kl_divergence(const Scalar* xy, double normalizer) const;

  /// Z = sum_{i != j} w_ij, approximated by the last compute(), or in double over all pairs.
  double normalizer() const { return normalizer_; }
  double exact_normalizer(const Scalar* xy) const;

 private:
  void repel(Index begin, Index end);

  const SparseRows& affinities_;
  TsneMethod method_;
  Scalar angle_;
  QuadTree tree_;
  PointMasses all_;  // the exact method's masses, in the tree's order
  // By point, over j != i: sum_j w_ij^2 (y_i - y_j), sum_j w_ij.
  std::vector<Scalar> repulsion_, total_;
  double normalizer_ = 0;
};

}}}  // namespace nn::NN_PRECISION::detail
