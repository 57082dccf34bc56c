#include "unsupervised/clustering/nearest_centre.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/kernels.hpp"
#include "nn/core/threads.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
constexpr Index kWidth = SampleBlocks::kWidth;
constexpr double kFar = std::numeric_limits<double>::infinity();

namespace {

/// The nearest centre by squared_distance(), the first of equal ones, among the centres whose
/// expanded distance, in a column of values, is at most `limit`.
Index decide_nearest(const SampleBlocks& samples, Index i, const Points& centres,
                     const Scalar* values, double limit) {
  double nearest = kFar;
  Index label = 0;
  for (Index c = 0; c < centres.size(); ++c) {
    if (!(static_cast<double>(values[c * kWidth]) <= limit)) continue;
    const double distance = squared_distance(samples.row(i), centres.row(c), samples.d);
    if (distance < nearest) {
      nearest = distance;
      label = c;
    }
  }
  return label;
}

}  // namespace

struct NearestCentres::Workspace {
  Tensor values, gathered;  // (k, kWidth), (kWidth, d)
  Index lanes[kWidth];      // the samples to look at
  // The smallest and the second smallest distance of each, and the centre of the smallest.
  // Distances are expanded ones without |x|^2, which is the same for all centres.
  Scalar best[kWidth], second[kWidth], label[kWidth];

  Workspace(Index k, Index d) : values({k, kWidth}), gathered({kWidth, d}) {}

  /// values = minus_twice block^T for the first `count` samples in `lanes`. Few samples are
  /// gathered first.
  void multiply(const SampleBlocks& samples, Index block, const Tensor& minus_twice, Index count) {
    if (3 * count > kWidth) {
      samples.multiply(minus_twice, block, values);
      for (Index row = 0; row < values.size(0) && count < kWidth; ++row)
        for (Index at = 0; at < count; ++at)
          values.data()[row * kWidth + at] = values.data()[row * kWidth + lanes[at]];
      return;
    }
    for (Index at = 0; at < count; ++at) {
      if (at + 2 < count) samples.prefetch(block * kWidth + lanes[at + 2]);
      samples.copy_centred(block * kWidth + lanes[at], gathered.data() + at * samples.d);
    }
    Tensor part = values.slice(1, 0, count);
    gemm(1, minus_twice, gathered.slice(0, 0, count).transpose(), 0, part);
  }
};

NearestCentres::NearestCentres(const SampleBlocks& samples)
    : samples_(samples),
      labels_(static_cast<std::size_t>(samples.n)),
      bounds_(static_cast<std::size_t>(samples.n), Bounds{kFar, 0}) {}

void NearestCentres::relabel(Index i, Index label) {
  labels_[static_cast<std::size_t>(i)] = label;
  bounds_[static_cast<std::size_t>(i)] = {kFar, 0};
}

void NearestCentres::assign(const Points& centres, const std::vector<double>& moved) {
  loosen(moved);
  const Tensor minus_twice = centres.centred * Scalar{-2};
  const std::vector<Scalar> norms(centres.norms.begin(), centres.norms.end());
  parallel_for(samples_.count(), samples_.grain(centres.size()), [&](Index first, Index last) {
    Workspace work(centres.size(), samples_.d);
    for (Index block = first; block < last; ++block)
      assign_block(block, centres, minus_twice, norms, work);
  });
}

void NearestCentres::loosen(const std::vector<double>& moved) {
  const auto farthest = std::max_element(moved.begin(), moved.end());
  double other = 0;  // the largest move of the other centres
  for (auto m = moved.begin(); m != moved.end(); ++m)
    if (m != farthest) other = std::max(other, *m);
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    const double& own = moved[static_cast<std::size_t>(labels_[i])];
    bounds_[i].upper += own;
    bounds_[i].lower -= &own == &*farthest ? other : *farthest;
  }
}

void NearestCentres::assign_block(Index block, const Points& centres, const Tensor& minus_twice,
                                  const std::vector<Scalar>& norms, Workspace& work) {
  // Far above the rounding errors of distances and bounds.
  constexpr double kMargin = 1 + 1e-9;
  const Index begin = block * kWidth, width = std::min(kWidth, samples_.n - begin);
  Index count = 0;
  for (Index lane = 0; lane < width; ++lane) {
    const Bounds& bounds = bounds_[static_cast<std::size_t>(begin + lane)];
    work.lanes[count] = lane;
    count += !(bounds.upper * kMargin < bounds.lower);
  }
  if (count == 0) return;
  work.multiply(samples_, block, minus_twice, count);
  kernels::active().two_smallest(centres.size(), count, kWidth, norms.data(), work.values.data(),
                                 work.best, work.label, work.second);
  for (Index at = 0; at < count; ++at) assign_lane(begin + work.lanes[at], at, centres, work);
}

void NearestCentres::assign_lane(Index i, Index lane, const Points& centres,
                                 const Workspace& work) {
  const auto at = static_cast<std::size_t>(i);
  const double best = work.best[lane], second = work.second[lane];
  const double bound = error_bound(samples_.d, samples_.norms[at], centres.largest_norm);
  if (second > best + 2 * bound) {
    labels_[at] = static_cast<Index>(work.label[lane]);
    bounds_[at] = {std::sqrt(std::max(samples_.norms[at] + best + bound, 0.0)),
                   std::sqrt(std::max(samples_.norms[at] + second - bound, 0.0))};
  } else {
    labels_[at] = decide_nearest(samples_, i, centres, work.values.data() + lane, best + 2 * bound);
    bounds_[at] = {kFar, 0};
  }
}

}}}  // namespace nn::NN_PRECISION::detail
