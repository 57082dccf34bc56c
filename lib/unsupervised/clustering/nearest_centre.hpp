#pragma once

#include <vector>

#include "unsupervised/clustering/sample_blocks.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The centre nearest to each sample by squared_distance(), the first of equal ones, while the
/// centres move. Bounds on a sample's distances follow the centres: an upper one for its own
/// centre, a lower one for each group of the others. Only the distances that they leave open are
/// computed. The labels are the same, for less work. A few centres are a group each (Elkan, "Using
/// the triangle inequality to accelerate k-means", ICML 2003), more share groups (Ding et al.,
/// "Yinyang k-means", ICML 2015).
class NearestCentres {
 public:
  /// For k centres. The samples must live as long.
  NearestCentres(const SampleBlocks& samples, Index k);

  /// Finds the labels. The centres have the samples' origin. moved: an upper bound of how far each
  /// centre has moved since the last call.
  void assign(const Points& centres, const std::vector<double>& moved);

  const std::vector<Index>& labels() const { return labels_; }
  Index label(Index i) const { return labels_[static_cast<std::size_t>(i)]; }
  /// Gives a sample another label until the next assign().
  void relabel(Index i, Index label);

 private:
  static constexpr Index kWidth = SampleBlocks::kWidth;
  struct Centres;
  struct Workspace;

  void assign_block(Index block, const Centres& centres, Workspace& work);
  Index loosen_bounds(Index block, const Centres& centres, Workspace& work);
  void multiply(Index block, const Centres& centres, Workspace& work);
  void find_lower_bounds(Index begin, const Centres& centres, Workspace& work);
  bool decide(Index i, Index lane, double largest_norm, Workspace& work);
  void search_lanes(Index block, Index count, const Centres& centres, Workspace& work);
  void search(Index i, unsigned open, const Centres& centres, Workspace& work);
  void find_squares(const Scalar* x, Index group, const Centres& centres, Workspace& work) const;
  Index decide_nearest(const Scalar* x, Scalar reach, const Centres& centres) const;

  Index group_begin(Index group) const { return group * group_size_; }
  Index group_end(Index group) const { return std::min(group_begin(group + 1), k_); }
  Scalar& upper(Index i) { return upper_.data()[i]; }
  /// The bound of sample i and the first group; that of group g is g kWidth numbers behind it.
  Scalar* lower(Index i) { return lower_.data() + i / kWidth * groups_ * kWidth + i % kWidth; }

  const SampleBlocks& samples_;
  Index k_, group_size_, groups_;
  std::vector<Index> labels_;
  Tensor upper_;  // (blocks, kWidth)
  Tensor lower_;  // (blocks, groups, kWidth)
};

}}}  // namespace nn::NN_PRECISION::detail
