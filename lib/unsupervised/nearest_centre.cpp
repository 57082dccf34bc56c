#include "unsupervised/nearest_centre.hpp"

#include <algorithm>

#include "nn/core/threads.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION::detail {
namespace {

constexpr Index kWidth = SampleBlocks::kWidth;

/// By expanded distances without |x|^2, which all centres share: for each sample of a block the
/// smallest, the second smallest, and whose the smallest is.
struct TwoNearest {
  Scalar best[kWidth], second[kWidth];
  std::int32_t label[kWidth];

  /// values (k, kWidth): -2 x c; |c|^2 is added to them.
  void find(Scalar* values, const std::vector<double>& norms) {
    std::fill_n(best, kWidth, std::numeric_limits<Scalar>::infinity());
    std::fill_n(second, kWidth, std::numeric_limits<Scalar>::infinity());
    std::fill_n(label, kWidth, 0);
    for (std::size_t c = 0; c < norms.size(); ++c)
      take(values + static_cast<Index>(c) * kWidth, static_cast<Scalar>(norms[c]),
           static_cast<std::int32_t>(c));
  }

 private:
  void take(Scalar* values, Scalar norm, std::int32_t c) {
    for (Index i = 0; i < kWidth; ++i) {
      const Scalar value = values[i] + norm, old = best[i];
      const Scalar loser = value < old ? old : value;
      values[i] = value;
      best[i] = value < old ? value : old;
      second[i] = loser < second[i] ? loser : second[i];
      label[i] = value < old ? c : label[i];
    }
  }
};

/// The first nearest of the centres whose expanded distance, in a column of values, is at most
/// `limit`.
Index decide_nearest(const SampleBlocks& samples, Index i, const Points& centres,
                     const Scalar* values, double limit) {
  double nearest = std::numeric_limits<double>::infinity();
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

void assign_to_nearest(const SampleBlocks& samples, const Points& centres,
                       std::vector<Index>& labels) {
  labels.resize(static_cast<std::size_t>(samples.n));
  const Tensor minus_twice = centres.centred * Scalar{-2};
  parallel_for(samples.count(), 1, [&](Index first, Index last) {
    Tensor values({centres.size(), kWidth});
    TwoNearest nearest;
    for (Index block = first; block < last; ++block) {
      samples.multiply(minus_twice, block, values);
      nearest.find(values.data(), centres.norms);
      const Index begin = block * kWidth;
      for (Index lane = 0; lane < std::min(kWidth, samples.n - begin); ++lane) {
        const Index i = begin + lane;
        const double best = nearest.best[lane];
        const double margin = 2 * error_bound(samples.d, samples.norms[static_cast<std::size_t>(i)],
                                              centres.largest_norm);
        labels[static_cast<std::size_t>(i)] =
            static_cast<double>(nearest.second[lane]) > best + margin
                ? nearest.label[lane]
                : decide_nearest(samples, i, centres, values.data() + lane, best + margin);
      }
    }
  });
}

}  // namespace nn::inline NN_PRECISION::detail
