#pragma once

#include <vector>

#include "unsupervised/sample_blocks.hpp"

namespace nn::inline NN_PRECISION::detail {

/// The centre nearest to each sample by squared_distance(), the first of equal ones, while the
/// centres move. A sample keeps its centre unseen as long as bounds on its distances, moved along
/// with the centres, show that no other can have come nearer (Hamerly, "Making k-means even
/// faster", SDM 2010): the same labels, found with a part of the work.
class NearestCentres {
 public:
  explicit NearestCentres(const SampleBlocks& samples);

  /// Finds the labels. The centres have the samples' origin; moved: how far each of them has moved
  /// at most since the last call.
  void assign(const Points& centres, const std::vector<double>& moved);

  const std::vector<Index>& labels() const { return labels_; }
  Index label(Index i) const { return labels_[static_cast<std::size_t>(i)]; }
  /// Gives a sample another label until the next assign().
  void relabel(Index i, Index label);

 private:
  /// Between upper and lower lies every boundary: the distance to the own centre is at most the
  /// first, that to any other at least the second.
  struct Bounds {
    double upper, lower;
  };
  struct Workspace;

  void loosen(const std::vector<double>& moved);
  void assign_block(Index block, const Points& centres, const Tensor& minus_twice, Workspace& work);
  void assign_lane(Index i, Index lane, const Points& centres, const Workspace& work);

  const SampleBlocks& samples_;
  std::vector<Index> labels_;
  std::vector<Bounds> bounds_;
};

}  // namespace nn::inline NN_PRECISION::detail
