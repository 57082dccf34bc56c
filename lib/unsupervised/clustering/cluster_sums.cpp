#include "unsupervised/clustering/cluster_sums.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// As many threads can share the samples. With many clusters there are fewer parts: adding up the
/// sums of the parts must take little time beside adding up samples.
constexpr Index kMostParts = 8, kSamplesPerSum = 16;

/// Whole blocks, as the products with the centres share them.
Index samples_per_part(const SampleBlocks& samples, Index k) {
  const Index parts = std::clamp<Index>(samples.n / (kSamplesPerSum * k), 1, kMostParts);
  return (samples.count() + parts - 1) / parts * SampleBlocks::kWidth;
}

}  // namespace

ClusterSums::ClusterSums(const SampleBlocks& samples, Index k)
    : samples_(samples),
      k_(k),
      samples_per_part_(samples_per_part(samples, k)),
      parts_((samples.n + samples_per_part_ - 1) / samples_per_part_) {}

Index ClusterSums::update(const std::vector<Index>& labels) {
  const bool anew = summed_.empty();
  if (anew) sums_.assign(static_cast<std::size_t>(parts_ * k_ * samples_.d), 0.0);
  changed_.clear();
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (anew || labels[i] != summed_[i]) changed_.push_back(static_cast<Index>(i));
  const auto count = static_cast<Index>(changed_.size());
  constexpr Index kThreadAdditions = 16384;
  parallel_for(parts_, parts_ * kThreadAdditions / (count * samples_.d + 1) + 1,
               [&](Index first, Index last) { update_parts(first, last, labels, anew); });
  summed_ = labels;
  return count;
}

void ClusterSums::update_parts(Index first, Index last, const std::vector<Index>& labels,
                               bool anew) {
  const auto add_to_sums = kernels::active().add_to_sums;
  const auto end = std::lower_bound(changed_.begin(), changed_.end(), last * samples_per_part_);
  for (auto at = std::lower_bound(changed_.begin(), end, first * samples_per_part_); at != end;
       ++at) {
    if (end - at > 2) samples_.prefetch(at[2]);
    const Scalar* x = samples_.row(*at);
    const auto i = static_cast<std::size_t>(*at);
    const Index part = *at / samples_per_part_;
    add_to_sums(samples_.d, 1, x, sum_of(part, labels[i]));
    if (!anew) add_to_sums(samples_.d, -1, x, sum_of(part, summed_[i]));
  }
}

void ClusterSums::copy_sum(Index cluster, double* to) const {
  const Index d = samples_.d, stride = k_ * d;
  const double* from = sums_.data() + cluster * d;
  std::copy_n(from, d, to);
  for (Index at = stride; at < static_cast<Index>(sums_.size()); at += stride)
    for (Index j = 0; j < d; ++j) to[j] += from[at + j];
}

}}}  // namespace nn::NN_PRECISION::detail
