#include "unsupervised/clustering/cluster_sums.hpp"

#include <algorithm>

#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

constexpr Index kParts = 8;

/// Whole blocks, so that parts and the blocks of products are shared among threads alike.
Index samples_in_part(const SampleBlocks& samples) {
  return (samples.count() + kParts - 1) / kParts * SampleBlocks::kWidth;
}

}  // namespace

ClusterSums::ClusterSums(const SampleBlocks& samples, Index k)
    : samples_(samples),
      k_(k),
      part_(samples_in_part(samples)),
      sums_(static_cast<std::size_t>((samples.n + part_ - 1) / part_ * k * samples.d)) {}

Index ClusterSums::update(const std::vector<Index>& labels) {
  const bool anew = summed_.empty();
  if (anew) std::fill(sums_.begin(), sums_.end(), 0.0);
  changed_.clear();
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (anew || labels[i] != summed_[i]) changed_.push_back(static_cast<Index>(i));
  const auto count = static_cast<Index>(changed_.size());
  constexpr Index kThreadAdditions = 16384;
  parallel_for((samples_.n + part_ - 1) / part_,
               kParts * kThreadAdditions / (count * samples_.d + 1) + 1,
               [&](Index first, Index last) { update_parts(first, last, labels, anew); });
  summed_ = labels;
  return count;
}

void ClusterSums::update_parts(Index first, Index last, const std::vector<Index>& labels,
                               bool anew) {
  const auto end = std::lower_bound(changed_.begin(), changed_.end(), last * part_);
  for (auto at = std::lower_bound(changed_.begin(), end, first * part_); at != end; ++at) {
    if (end - at > 2) samples_.prefetch(at[2]);
    const Scalar* x = samples_.row(*at);
    const auto i = static_cast<std::size_t>(*at);
    double* target = sum(*at / part_, labels[i]);
    for (Index j = 0; j < samples_.d; ++j) target[j] += x[j];
    if (anew) continue;
    double* source = sum(*at / part_, summed_[i]);
    for (Index j = 0; j < samples_.d; ++j) source[j] -= x[j];
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
