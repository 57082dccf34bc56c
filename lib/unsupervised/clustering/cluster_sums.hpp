#pragma once

#include <vector>

#include "unsupervised/clustering/sample_blocks.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The sum of the samples of each cluster, while samples change their clusters. Samples are summed
/// in parts that depend on the numbers of samples and clusters alone: whatever the threads, a sum
/// has one order, and a thread mostly reads samples that it has just compared with the centres.
class ClusterSums {
 public:
  /// The samples must live as long.
  ClusterSums(const SampleBlocks& samples, Index k);

  /// Updates the sums by the samples whose labels differ from those of the last call. Returns how
  /// many these are.
  Index update(const std::vector<Index>& labels);
  /// Makes the next update() sum all samples again: sums that samples were added to and taken from
  /// have rounding errors.
  void restart() { summed_.clear(); }
  /// to (d) = the sum of a cluster's samples.
  void copy_sum(Index cluster, double* to) const;

 private:
  double* sum_of(Index part, Index cluster) {
    return sums_.data() + (part * k_ + cluster) * samples_.d;
  }
  void update_parts(Index first, Index last, const std::vector<Index>& labels, bool anew);

  const SampleBlocks& samples_;
  Index k_, samples_per_part_, parts_;
  std::vector<double> sums_;    // (parts, k, d): of the samples labelled by summed_
  std::vector<Index> summed_;   // labels
  std::vector<Index> changed_;  // the samples whose labels differ
};

}}}  // namespace nn::NN_PRECISION::detail
