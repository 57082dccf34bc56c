#include "unsupervised/embedding/tsne_gradient.hpp"

#include <numeric>

#include "core/portable_math.hpp"
#include "core/sum_in_lanes.hpp"
#include "kernels/kernels.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

constexpr Index kGroup = 16;  // points that share a list of masses

/// w_ij = 1 / (1 + |y_i - y_j|^2).
double weight(const Scalar* xy, Index i, Index j) {
  const double dx = static_cast<double>(xy[2 * i]) - xy[2 * j];
  const double dy = static_cast<double>(xy[2 * i + 1]) - xy[2 * j + 1];
  return 1 / (1 + (dx * dx + dy * dy));
}

}  // namespace

TsneGradient::TsneGradient(const SparseRows& affinities, TsneMethod method, double angle)
    : affinities_(affinities),
      method_(method),
      angle_(static_cast<Scalar>(angle)),
      all_(affinities.size()),
      repulsion_(static_cast<std::size_t>(2 * affinities.size())),
      total_(static_cast<std::size_t>(affinities.size())) {}

/// For the points begin, ..., end - 1 of the tree's order: whole groups, except the last one.
void TsneGradient::repel(Index begin, Index end) {
  PointMasses near(affinities_.size());
  for (Index group = begin; group < end; group += kGroup) {
    const Index stop = std::min(group + kGroup, end);
    const bool exact = method_ == TsneMethod::exact;
    const Index place = exact ? group : tree_.summarize(group, stop, angle_, near);
    const PointMasses& list = exact ? all_ : near;
    Scalar fx[kGroup], fy[kGroup], sum[kGroup];
    kernels::active().tsne_repel({list.x(), list.y(), list.weight(), list.size()}, place,
                                 stop - group, fx, fy, sum);
    for (Index point = group; point < stop; ++point) {
      const auto i = static_cast<std::size_t>(tree_.order[static_cast<std::size_t>(point)]);
      repulsion_[2 * i] = fx[point - group];
      repulsion_[2 * i + 1] = fy[point - group];
      total_[i] = sum[point - group];
    }
  }
}

void TsneGradient::compute(const Scalar* xy, double exaggeration, std::vector<Scalar>& gradient) {
  const Index n = affinities_.size();
  tree_.build(xy, n);
  if (method_ == TsneMethod::exact) {
    all_.clear();
    for (std::size_t at = 0; at < tree_.x.size(); ++at) all_.add(tree_.x[at], tree_.y[at], 1);
  }
  parallel_for((n + kGroup - 1) / kGroup, 8,
               [&](Index begin, Index end) { repel(begin * kGroup, std::min(end * kGroup, n)); });
  normalizer_ = 0;
  for (Scalar total : total_) normalizer_ += total;
  const auto pull = static_cast<Scalar>(4 * exaggeration),
             push = static_cast<Scalar>(4 / normalizer_);
  parallel_for(n, 64, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index first = affinities_.begin[static_cast<std::size_t>(i)];
      const Index count = affinities_.begin[static_cast<std::size_t>(i + 1)] - first;
      Scalar attraction[2];
      kernels::active().tsne_attract(count, affinities_.value.data() + first,
                                     affinities_.column.data() + first, xy, xy[2 * i],
                                     xy[2 * i + 1], attraction);
      for (Index side = 0; side < 2; ++side) {
        const auto at = static_cast<std::size_t>(2 * i + side);
        gradient[at] = pull * attraction[side] - push * repulsion_[at];
      }
    }
  });
}

double TsneGradient::kl_divergence(const Scalar* xy, double normalizer) const {
  const Index n = affinities_.size();
  std::vector<double> rows(static_cast<std::size_t>(n));
  parallel_for(n, 32, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      double sum = 0;
      for (Index at = affinities_.begin[static_cast<std::size_t>(i)];
           at < affinities_.begin[static_cast<std::size_t>(i + 1)]; ++at) {
        const double p = affinities_.value[static_cast<std::size_t>(at)];
        const Index j = affinities_.column[static_cast<std::size_t>(at)];
        if (p == 0) continue;
        sum += p * portable_log(p / (weight(xy, i, j) / normalizer));
      }
      rows[static_cast<std::size_t>(i)] = sum;
    }
  });
  return std::accumulate(rows.begin(), rows.end(), 0.0);
}

double TsneGradient::exact_normalizer(const Scalar* xy) const {
  const Index n = affinities_.size();
  std::vector<double> rows(static_cast<std::size_t>(n));
  parallel_for(n, 8, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const double before = sum_in_lanes(i, [=](Index j) { return weight(xy, i, j); });
      const double after =
          sum_in_lanes(n - i - 1, [=](Index j) { return weight(xy, i, i + 1 + j); });
      rows[static_cast<std::size_t>(i)] = before + after;
    }
  });
  return std::accumulate(rows.begin(), rows.end(), 0.0);
}

}}}  // namespace nn::NN_PRECISION::detail
