#include "unsupervised/clustering/nearest_centre.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "kernels/kernels.hpp"
#include "nn/core/threads.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

constexpr Scalar kFar = std::numeric_limits<Scalar>::infinity();
/// Factors for bounds, farther from 1 than the rounding errors of a few operations, and of a sum in
/// double.
constexpr Scalar kUp = static_cast<Scalar>(1 + 1e-6), kDown = static_cast<Scalar>(1 - 1e-6);

/// So many groups that bounds take at most a quarter of the samples' memory.
Index centres_per_group(Index k, Index d) {
  constexpr Index kMostGroups = 16;
  const Index groups = std::clamp<Index>(d / 4, 1, kMostGroups);
  return (k + groups - 1) / groups;
}

/// Bounds of a distance by its quick_squared_distance().
struct Rounding {
  Scalar relative, absolute;

  explicit Rounding(Index d)
      : relative(static_cast<Scalar>(d + 16) * std::numeric_limits<Scalar>::epsilon()),
        absolute(static_cast<Scalar>(d + 16) * 4 * std::numeric_limits<Scalar>::min()) {}

  Scalar upper(Scalar square) const { return std::sqrt(square * (1 + relative) + absolute) * kUp; }
  Scalar lower(Scalar square) const {
    return std::sqrt(std::max(square * (1 - relative) - absolute, Scalar{0})) * kDown;
  }
};

/// The nearest centre by squared_distance(), the first of equal ones, among those for which
/// may_be_nearest(c).
template <class Predicate>
Index decide_nearest(const Scalar* x, const Points& centres, Predicate may_be_nearest) {
  double nearest = std::numeric_limits<double>::infinity();
  Index label = 0;
  for (Index c = 0; c < centres.size(); ++c) {
    if (!may_be_nearest(c)) continue;
    const double distance = squared_distance(x, centres.row(c), centres.dims());
    if (distance < nearest) {
      nearest = distance;
      label = c;
    }
  }
  return label;
}

}  // namespace

struct NearestCentres::Centres {
  const Points& points;
  Tensor minus_twice;                      // (k, d): -2 (c - origin)
  std::vector<Scalar> norms;               // (k)
  std::vector<Scalar> moved, group_moved;  // at most so far: each centre, any of a group
};

struct NearestCentres::Workspace {
  Tensor products;      // (k, kWidth): |c|^2 - 2 c x, the distance without |x|^2
  Scalar open[kWidth];  // the groups to look at, as bits
  Index lanes[kWidth];  // the samples with such groups
  Scalar best[kWidth]{}, second[kWidth]{}, label[kWidth]{};  // of the products
  Scalar added[kWidth]{};                                    // |x|^2 - the error's bound

  explicit Workspace(Index k) : products(Tensor::zeros({k, kWidth})) {}
};

NearestCentres::NearestCentres(const SampleBlocks& samples, Index k)
    : samples_(samples),
      k_(k),
      group_size_(centres_per_group(k, samples.d)),
      groups_((k + group_size_ - 1) / group_size_),
      labels_(static_cast<std::size_t>(samples.n)),
      upper_(static_cast<std::size_t>(samples.count() * kWidth), -kFar),  // behind the last sample
      lower_(static_cast<std::size_t>(samples.count() * groups_ * kWidth)) {
  std::fill_n(upper_.begin(), samples.n, kFar);
}

void NearestCentres::relabel(Index i, Index label) {
  labels_[static_cast<std::size_t>(i)] = label;
  upper(i) = kFar;
  for (Index g = 0; g < groups_; ++g) lower(i)[g * kWidth] = 0;
}

void NearestCentres::assign(const Points& points, const std::vector<double>& moved) {
  Centres centres{
      points, points.centred * Scalar{-2}, {points.norms.begin(), points.norms.end()}, {}, {}};
  for (double distance : moved) centres.moved.push_back(static_cast<Scalar>(distance) * kUp);
  for (Index g = 0; g < groups_; ++g)
    centres.group_moved.push_back(*std::max_element(centres.moved.begin() + group_begin(g),
                                                    centres.moved.begin() + group_end(g)));
  parallel_for(samples_.count(), samples_.grain(k_), [&](Index first, Index last) {
    Workspace work(k_);
    for (Index block = first; block < last; ++block) assign_block(block, centres, work);
  });
}

void NearestCentres::assign_block(Index block, const Centres& centres, Workspace& work) {
  // A matrix product computes so many distances in the time of one.
  constexpr Index kProductGain = 12;
  const Index open = loosen_bounds(block, centres, work);
  if (open * kProductGain > groups_ * kWidth) return multiply(block, centres, work);
  const Index begin = block * kWidth;
  Index count = 0;
  for (Index lane = 0; lane < kWidth; ++lane) {
    work.lanes[count] = lane;
    count += work.open[lane] != 0;
  }
  for (Index at = 0; at < count; ++at) {
    if (at + 1 < count) samples_.prefetch(begin + work.lanes[at + 1]);
    const Index lane = work.lanes[at];
    search(begin + lane, static_cast<unsigned>(work.open[lane]), centres.points);
  }
}

/// Returns how many pairs of a sample and a group are open.
Index NearestCentres::loosen_bounds(Index block, const Centres& centres, Workspace& work) {
  const Index begin = block * kWidth, end = std::min(begin + kWidth, samples_.n);
  for (Index i = begin; i < end; ++i)
    upper(i) = (upper(i) + centres.moved[static_cast<std::size_t>(label(i))]) * kUp;
  return kernels::active().lower_bounds(groups_, kWidth, kWidth, centres.group_moved.data(), kDown,
                                        &upper(begin), lower(begin), work.open);
}

/// All distances of a block, by a matrix product.
void NearestCentres::multiply(Index block, const Centres& centres, Workspace& work) {
  const kernels::Table& kernels = kernels::active();
  const Index begin = block * kWidth, width = std::min(kWidth, samples_.n - begin);
  samples_.multiply(centres.minus_twice, block, work.products);
  kernels.two_smallest(k_, kWidth, kWidth, centres.norms.data(), work.products.data(), work.best,
                       work.label, work.second);
  for (Index lane = 0; lane < width; ++lane) decide_lane(begin + lane, lane, centres, work);
  for (Index g = 0; g < groups_; ++g)
    kernels.root_of_smallest(group_end(g) - group_begin(g), kWidth, kWidth,
                             work.products.data() + group_begin(g) * kWidth, group_begin(g),
                             work.label, work.added, lower(begin) + g * kWidth);
}

void NearestCentres::decide_lane(Index i, Index lane, const Centres& centres, Workspace& work) {
  const auto at = static_cast<std::size_t>(i);
  const double norm = samples_.norms[at], best = work.best[lane];
  const double bound = error_bound(samples_.d, norm, centres.points.largest_norm);
  if (!(static_cast<double>(work.second[lane]) > best + 2 * bound)) {
    const Scalar* products = work.products.data() + lane;
    work.label[lane] =
        static_cast<Scalar>(decide_nearest(samples_.row(i), centres.points, [=](Index c) {
          return static_cast<double>(products[c * kWidth]) <= best + 2 * bound;
        }));
  }
  labels_[at] = static_cast<Index>(work.label[lane]);
  work.added[lane] = static_cast<Scalar>(norm - bound);
  upper(i) = std::sqrt(static_cast<Scalar>(std::max(norm + best + bound, 0.0))) * kUp;
}

/// Computes the distance to the sample's own centre, then those to the groups whose bits are set in
/// `open`, unless they turn out to be farther.
void NearestCentres::search(Index i, unsigned open, const Points& centres) {
  const Rounding rounding(samples_.d);
  const auto quick = kernels::active().quick_squared_distance;
  const auto square_to = [&](Index c) {
    return quick(samples_.d, samples_.row(i), centres.row(c));
  };
  Index& label = labels_[static_cast<std::size_t>(i)];
  Scalar best = square_to(label), second = kFar;
  Scalar& reach = upper(i);
  reach = std::min(reach, rounding.upper(best));
  const auto bound_of = [&](Index c) -> Scalar& { return lower(i)[c / group_size_ * kWidth]; };
  const auto lower_bound_of = [&](Index c, Scalar square) {
    bound_of(c) = std::min(bound_of(c), rounding.lower(square));
  };
  for (; open != 0; open &= open - 1) {
    const Index group = std::countr_zero(open);
    if (reach < lower(i)[group * kWidth]) continue;
    lower(i)[group * kWidth] = kFar;
    for (Index c = group_begin(group); c < group_end(group); ++c) {
      if (c == label) continue;
      Scalar other = square_to(c);
      Index farther = c;
      if (other < best) {
        std::swap(other, best);
        std::swap(farther, label);
        reach = std::min(reach, rounding.upper(best));
      }
      second = std::min(second, other);
      lower_bound_of(farther, other);
    }
  }
  if (rounding.lower(second) > reach) return;
  lower_bound_of(label, best);
  label = decide_nearest(samples_.row(i), centres,
                         [&](Index c) { return rounding.lower(square_to(c)) <= reach; });
}

}}}  // namespace nn::NN_PRECISION::detail
