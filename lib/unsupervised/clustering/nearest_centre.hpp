#pragma once

#include <vector>

#include "unsupervised/clustering/sample_blocks.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The centre nearest to each sample by squared_distance(), the first of equal ones, while the
/// centres move. Bounds on a sample's distances follow the centres. A sample is not looked at again
/// while its bounds show that its centre is still the nearest (Hamerly, "Making k-means even
/// faster", SDM 2010). The labels are the same, for less work.
class NearestCentres {
 public:
  explicit NearestCentres(const SampleBlocks& samples);

  /// Finds the labels. The centres have the samples' origin. moved: an upper bound of how far each
  /// centre has moved since the last call.
  void assign(const Points& centres, const std::vector<double>& moved);

  const std::vector<Index>& labels() const { return labels_; }
  Index label(Index i) const { return labels_[static_cast<std::size_t>(i)]; }
  /// Gives a sample another label until the next assign().
  void relabel(Index i, Index label);

 private:
  /// The distance to the own centre is at most `upper`, that to any other at least `lower`.
  struct Bounds {
    double upper, lower;
  };
  struct Workspace;

  void loosen(const std::vector<double>& moved);
  void assign_block(Index block, const Points& centres, const Tensor& minus_twice,
                    const std::vector<Scalar>& norms, Workspace& work);
  void assign_lane(Index i, Index lane, const Points& centres, const Workspace& work);

  const SampleBlocks& samples_;
  std::vector<Index> labels_;
  std::vector<Bounds> bounds_;
};

}}}  // namespace nn::NN_PRECISION::detail
