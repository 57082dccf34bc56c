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
/// Factors for bounds. The margin is four times what a few operations in float lose, and in double
/// more than a sum of a billion terms does.
constexpr double kMargin = 1e-6;
constexpr Scalar kUp = static_cast<Scalar>(1 + kMargin);
constexpr Scalar kDown = static_cast<Scalar>(1 - kMargin);

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

/// Whether the distances to a group's centres side by side, one column each, take less time than
/// one after the other. These end with a sum over lanes, as long as so many operations.
bool pays_side_by_side(Index centres, Index d) {
  constexpr Index kLanes = SampleBlocks::kStrip, kSumOverLanes = 8;
  return centres * (d / kLanes + kSumOverLanes) > (centres + kLanes - 1) / kLanes * d;
}

/// (groups, d, whole lines): the centres of each group as columns.
Tensor side_by_side(const Points& centres, Index group_size) {
  constexpr Index kLanes = SampleBlocks::kStrip;
  const Index groups = (centres.size() + group_size - 1) / group_size;
  Tensor columns =
      Tensor::zeros({groups, centres.dims(), (group_size + kLanes - 1) / kLanes * kLanes});
  for (Index c = 0; c < centres.size(); ++c)
    columns.select(0, c / group_size).select(1, c % group_size).copy_from(centres.x.select(0, c));
  return columns;
}

}  // namespace

struct NearestCentres::Centres {
  const kernels::Table& kernels;
  const Points& points;
  Tensor minus_twice;                      // (k, d): -2 (c - origin)
  std::vector<Scalar> norms;               // (k): |c - origin|^2
  std::vector<Scalar> moved, group_moved;  // by at most so much: each centre, any of a group
  Tensor columns;                          // by side_by_side(), or nothing

  Scalar square_to(Index c, const Scalar* x) const {
    return kernels.quick_squared_distance(points.dims(), x, points.row(c));
  }
};

struct NearestCentres::Workspace {
  Tensor products;              // (k, kWidth): |c|^2 - 2 c x, the distance without |x|^2
  std::vector<Scalar> squares;  // of one sample's distances to a group, whole lines
  Scalar open_groups[kWidth];   // those that a sample must look at, as bits
  Index lanes[kWidth];          // the samples with such groups
  Scalar best[kWidth]{}, second[kWidth]{}, label[kWidth]{};  // of the products
  Scalar rest[kWidth]{};                                     // |x|^2 - the error's bound

  Workspace(Index k, Index group_size)
      : products(Tensor::zeros({k, kWidth})),
        squares(static_cast<std::size_t>(group_size + SampleBlocks::kStrip)) {}
};

NearestCentres::NearestCentres(const SampleBlocks& samples, Index k)
    : samples_(samples),
      k_(k),
      group_size_(centres_per_group(k, samples.d)),
      groups_((k + group_size_ - 1) / group_size_),
      labels_(static_cast<std::size_t>(samples.n)),
      upper_(Tensor::full({samples.count(), kWidth}, -kFar)),  // behind the last sample
      lower_(Tensor::zeros({samples.count(), groups_, kWidth})) {
  std::fill_n(upper_.data(), samples.n, kFar);
}

void NearestCentres::relabel(Index i, Index label) {
  labels_[static_cast<std::size_t>(i)] = label;
  upper(i) = kFar;
  for (Index g = 0; g < groups_; ++g) lower(i)[g * kWidth] = 0;
}

void NearestCentres::assign(const Points& points, const std::vector<double>& moved) {
  Centres centres{kernels::active(),
                  points,
                  points.centred * Scalar{-2},
                  {points.norms.begin(), points.norms.end()},
                  {},
                  {},
                  {}};
  for (double distance : moved) centres.moved.push_back(static_cast<Scalar>(distance) * kUp);
  for (Index g = 0; g < groups_; ++g)
    centres.group_moved.push_back(*std::max_element(centres.moved.begin() + group_begin(g),
                                                    centres.moved.begin() + group_end(g)));
  if (pays_side_by_side(group_size_, samples_.d))
    centres.columns = side_by_side(points, group_size_);
  parallel_for(samples_.count(), samples_.grain(k_), [&](Index first, Index last) {
    Workspace work(k_, group_size_);
    for (Index block = first; block < last; ++block) assign_block(block, centres, work);
  });
}

void NearestCentres::assign_block(Index block, const Centres& centres, Workspace& work) {
  // A matrix product computes so many distances in the time of one of a search.
  const Index product_gain = group_size_ < SampleBlocks::kStrip ? 12 : 6;
  const Index open_pairs = loosen_bounds(block, centres, work);
  if (open_pairs * product_gain > groups_ * kWidth) return multiply(block, centres, work);
  Index count = 0;
  for (Index lane = 0; lane < kWidth; ++lane) {
    work.lanes[count] = lane;
    count += work.open_groups[lane] != 0;
  }
  search_lanes(block, count, centres, work);
}

/// Returns how many pairs of a sample and a group are open.
Index NearestCentres::loosen_bounds(Index block, const Centres& centres, Workspace& work) {
  const Index begin = block * kWidth, end = std::min(begin + kWidth, samples_.n);
  for (Index i = begin; i < end; ++i)
    upper(i) = (upper(i) + centres.moved[static_cast<std::size_t>(label(i))]) * kUp;
  return centres.kernels.lower_bounds(groups_, kWidth, kWidth, centres.group_moved.data(), kDown,
                                      &upper(begin), lower(begin), work.open_groups);
}

/// All distances of a block, by a matrix product. Samples that it does not decide are searched.
void NearestCentres::multiply(Index block, const Centres& centres, Workspace& work) {
  const Index begin = block * kWidth, width = std::min(kWidth, samples_.n - begin);
  samples_.multiply(centres.minus_twice, block, work.products);
  centres.kernels.two_smallest(k_, kWidth, kWidth, centres.norms.data(), work.products.data(),
                               work.best, work.label, work.second);
  Index undecided = 0;
  for (Index lane = 0; lane < width; ++lane) {
    work.lanes[undecided] = lane;
    undecided += !decide(begin + lane, lane, centres.points.largest_norm, work);
  }
  find_lower_bounds(begin, centres, work);
  const auto all_groups = static_cast<Scalar>((1 << groups_) - 1);
  for (Index at = 0; at < undecided; ++at) work.open_groups[work.lanes[at]] = all_groups;
  search_lanes(block, undecided, centres, work);
}

/// The lower bounds of a block by its products. Those of a single group are known already.
void NearestCentres::find_lower_bounds(Index begin, const Centres& centres, Workspace& work) {
  const auto root_of_smallest = centres.kernels.root_of_smallest;
  if (groups_ == 1)
    return root_of_smallest(1, kWidth, kWidth, work.second, k_, work.label, work.rest,
                            lower(begin));
  for (Index g = 0; g < groups_; ++g)
    root_of_smallest(group_end(g) - group_begin(g), kWidth, kWidth,
                     work.products.data() + group_begin(g) * kWidth, group_begin(g), work.label,
                     work.rest, lower(begin) + g * kWidth);
}

/// Gives a sample the nearest centre by the products and bounds of the distance to it. Returns
/// whether no other one can be as near.
bool NearestCentres::decide(Index i, Index lane, double largest_norm, Workspace& work) {
  const double norm = samples_.norms[static_cast<std::size_t>(i)], best = work.best[lane];
  const double bound = error_bound(samples_.d, norm, largest_norm);
  labels_[static_cast<std::size_t>(i)] = static_cast<Index>(work.label[lane]);
  work.rest[lane] = static_cast<Scalar>(norm - bound);
  upper(i) = std::sqrt(static_cast<Scalar>(std::max(norm + best + bound, 0.0))) * kUp;
  return static_cast<double>(work.second[lane]) > best + 2 * bound;
}

void NearestCentres::search_lanes(Index block, Index count, const Centres& centres,
                                  Workspace& work) {
  const Index begin = block * kWidth;
  for (Index at = 0; at < count; ++at) {
    if (at + 1 < count) samples_.prefetch(begin + work.lanes[at + 1]);
    const Index lane = work.lanes[at];
    search(begin + lane, static_cast<unsigned>(work.open_groups[lane]), centres, work);
  }
}

/// Sets work.squares to the squares of the distances to a group's centres.
void NearestCentres::find_squares(const Scalar* x, Index group, const Centres& centres,
                                  Workspace& work) const {
  if (centres.columns.numel() > 0) {
    const Index columns = centres.columns.size(2);
    const Scalar* points = centres.columns.data() + group * samples_.d * columns;
    return centres.kernels.quick_squared_distances(samples_.d, columns, x, points,
                                                   work.squares.data());
  }
  for (Index c = group_begin(group); c < group_end(group); ++c)
    work.squares[static_cast<std::size_t>(c - group_begin(group))] = centres.square_to(c, x);
}

/// Computes the distance to the sample's own centre, then those to the groups whose bits are set in
/// `open`, unless they turn out to be farther. The nearest centre is within `reach`; unless all
/// others are beyond it, squared_distance() decides.
void NearestCentres::search(Index i, unsigned open, const Centres& centres, Workspace& work) {
  const Rounding rounding(samples_.d);
  const Scalar* x = samples_.row(i);
  Index& label = labels_[static_cast<std::size_t>(i)];
  Scalar best = centres.square_to(label, x), second = kFar;
  Scalar& reach = upper(i);
  reach = std::min(reach, rounding.upper(best));
  const auto lower_bound_of = [&](Index c, Scalar square) {
    Scalar& bound = lower(i)[c / group_size_ * kWidth];
    bound = std::min(bound, rounding.lower(square));
  };
  for (; open != 0; open &= open - 1) {
    const Index group = std::countr_zero(open), begin = group_begin(group);
    if (reach < lower(i)[group * kWidth]) continue;
    find_squares(x, group, centres, work);
    Scalar least = kFar;  // but for the label's
    for (Index c = begin; c < group_end(group); ++c) {
      if (c == label) continue;
      Scalar other = work.squares[static_cast<std::size_t>(c - begin)];
      if (other < best) {
        std::swap(other, best);
        lower_bound_of(std::exchange(label, c), other);
        reach = std::min(reach, rounding.upper(best));
      }
      least = std::min(least, other);
    }
    lower(i)[group * kWidth] = rounding.lower(least);
    second = std::min(second, least);
  }
  if (rounding.lower(second) > reach) return;
  lower_bound_of(label, best);
  label = decide_nearest(x, reach, centres);
}

/// The nearest centre by squared_distance(), the first of equal ones. No farther than `reach`.
Index NearestCentres::decide_nearest(const Scalar* x, Scalar reach, const Centres& centres) const {
  const Rounding rounding(samples_.d);
  double nearest = std::numeric_limits<double>::infinity();
  Index label = 0;
  for (Index c = 0; c < k_; ++c) {
    if (rounding.lower(centres.square_to(c, x)) > reach) continue;
    const double distance = squared_distance(x, centres.points.row(c), samples_.d);
    if (distance < nearest) {
      nearest = distance;
      label = c;
    }
  }
  return label;
}

}}}  // namespace nn::NN_PRECISION::detail
