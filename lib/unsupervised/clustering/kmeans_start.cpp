#include "unsupervised/clustering/kmeans_start.hpp"

#include <algorithm>

#include "core/sum_in_lanes.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

using Distances = std::vector<double>;

/// 2 + floor(ln k).
Index draws_per_centre(Index k) {
  constexpr double kE = 2.718281828459045;
  Index draws = 2;
  for (double power = kE; static_cast<double>(k) >= power; power *= kE) ++draws;
  return draws;
}

/// Draws a sample with a probability in proportion to its distance; any sample if all are 0.
Index draw_sample(const Distances& closest, double total, Rng& rng) {
  const auto n = static_cast<Index>(closest.size());
  if (!(total > 0)) return rng.below(n);
  double rest = rng.rand() * total;
  Index last = 0;
  for (Index i = 0; i < n; ++i) {
    const double distance = closest[static_cast<std::size_t>(i)];
    if (distance == 0) continue;
    last = i;
    rest -= distance;
    if (rest < 0) break;
  }
  return last;
}

class PlusPlus {
 public:
  PlusPlus(const SampleBlocks& samples, Index draws)
      : samples_(samples),
        closest_(static_cast<std::size_t>(samples.n), std::numeric_limits<double>::infinity()),
        after_(static_cast<std::size_t>(draws), closest_) {}

  std::vector<Index> choose(Index k, Rng& rng) {
    std::vector<Index> chosen{rng.below(samples_.n)}, candidates(after_.size());
    double total = take_best(chosen).total;
    while (static_cast<Index>(chosen.size()) < k) {
      for (Index& candidate : candidates) candidate = draw_sample(closest_, total, rng);
      const Choice best = take_best(candidates);
      chosen.push_back(candidates[best.candidate]);
      total = best.total;
    }
    return chosen;
  }

 private:
  struct Choice {
    std::size_t candidate;
    double total;  // of the distances with this centre
  };

  /// Makes the candidate with the smallest total a centre, the first of equal ones.
  Choice take_best(const std::vector<Index>& candidates) {
    find_distances(candidates);
    Choice best{0, std::numeric_limits<double>::infinity()};
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const Distances& left = after_[c];
      const double total =
          sum_in_lanes(samples_.n, [&](Index i) { return left[static_cast<std::size_t>(i)]; });
      if (total < best.total) best = {c, total};
    }
    closest_.swap(after_[best.candidate]);
    return best;
  }

  /// Sets after_: for each candidate, the squared distances to the nearest centre if it becomes
  /// one.
  void find_distances(const std::vector<Index>& candidates) {
    const auto count = static_cast<Index>(candidates.size());
    Tensor minus_twice({count, samples_.d});
    for (Index c = 0; c < count; ++c) {
      const Scalar* column = samples_.column(candidates[static_cast<std::size_t>(c)]);
      for (Index j = 0; j < samples_.d; ++j)
        minus_twice(c, j) = -2 * column[j * SampleBlocks::kStrip];
    }
    parallel_for(samples_.count(), samples_.grain(count), [&](Index first, Index last) {
      Tensor products({count, SampleBlocks::kWidth});
      for (Index block = first; block < last; ++block) {
        samples_.multiply(minus_twice, block, products);
        for (Index c = 0; c < count; ++c)
          closest_with(block, candidates[static_cast<std::size_t>(c)],
                       products.data() + c * SampleBlocks::kWidth,
                       after_[static_cast<std::size_t>(c)]);
      }
    });
  }

  /// The expanded form is exact enough for drawing, except near 0, where it could make copies of a
  /// centre look like other samples.
  void closest_with(Index block, Index candidate, const Scalar* products, Distances& result) {
    const double norm = samples_.norms[static_cast<std::size_t>(candidate)];
    const double doubtful = 64 * error_bound(samples_.d, samples_.largest_norm, norm);
    const Index begin = block * SampleBlocks::kWidth;
    const Index count = std::min(SampleBlocks::kWidth, samples_.n - begin);
    const double *norms = samples_.norms.data() + begin, *closest = closest_.data() + begin;
    double* out = result.data() + begin;
    for (Index i = 0; i < count; ++i) {
      double distance = (norms[i] + norm) + static_cast<double>(products[i]);
      if (distance < doubtful)
        distance = squared_distance(samples_.row(begin + i), samples_.row(candidate), samples_.d);
      out[i] = std::min(closest[i], distance);
    }
  }

  const SampleBlocks& samples_;
  Distances closest_;
  std::vector<Distances> after_;  // by candidate
};

}  // namespace

std::vector<Index> choose_centres(const SampleBlocks& samples, Index k, KMeansInit init, Rng& rng) {
  if (init == KMeansInit::plus_plus) return PlusPlus(samples, draws_per_centre(k)).choose(k, rng);
  std::vector<Index> order = rng.permutation(samples.n);
  order.resize(static_cast<std::size_t>(k));
  return order;
}

}}}  // namespace nn::NN_PRECISION::detail
