#include "unsupervised/embedding/affinities.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/portable_math.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// A row's entropy, and the variance of the distances under p, which is -(d entropy / d beta) /
/// beta. p is not normalised; `total` is its sum.
struct Entropy {
  double value, variance, total;
};

Entropy entropy_at(double beta, const double* d, double smallest, Index k, double* p) {
  double total = 0, first = 0, second = 0;
  for (Index j = 0; j < k; ++j) {
    const double above = d[j] - smallest;
    p[j] = portable_exp(-beta * above);
    total += p[j];
    first += p[j] * above;
    second += p[j] * above * above;
  }
  const double mean = first / total;
  return {portable_log(total) + beta * mean, second / total - mean * mean, total};
}

}  // namespace

double row_affinities(const double* d, Index k, double perplexity, double* p) {
  constexpr int kSteps = 200;
  constexpr double kTolerance = 1e-11;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double wanted = portable_log(perplexity), smallest = *std::min_element(d, d + k);
  double spread = 0;
  for (Index j = 0; j < k; ++j) spread += (d[j] - smallest) / static_cast<double>(k);
  double beta = spread > std::numeric_limits<double>::min() ? 1 / spread : 0;
  double low = 0, high = kInfinity;  // entropy falls as beta grows
  Entropy entropy = entropy_at(beta, d, smallest, k, p);
  for (int step = 0; step < kSteps && beta > 0; ++step) {
    const double excess = entropy.value - wanted;
    if (std::abs(excess) <= kTolerance || !(entropy.variance > 0)) break;
    (excess > 0 ? low : high) = beta;
    // Newton's step if it stays within the bracket, else bisection, or doubling without a bound.
    const double newton = beta + excess / (beta * entropy.variance);
    const double fallback = high == kInfinity ? 2 * beta : low + (high - low) / 2;
    const double next = newton > low && newton < std::min(high, 4 * beta) ? newton : fallback;
    if (next == beta || !std::isfinite(next)) break;
    beta = next;
    entropy = entropy_at(beta, d, smallest, k, p);
  }
  for (Index j = 0; j < k; ++j) p[j] /= entropy.total;
  return beta;
}

namespace {

/// Puts p_{j|i} in the place of the distances.
void make_conditional_affinities(Neighbours& neighbours, double perplexity) {
  const Index k = neighbours.k;
  parallel_for(static_cast<Index>(neighbours.distance.size()) / k, 32, [&](Index begin, Index end) {
    std::vector<double> p(static_cast<std::size_t>(k));
    for (Index i = begin; i < end; ++i) {
      double* row = neighbours.distance.data() + i * k;
      row_affinities(row, k, perplexity, p.data());
      std::copy(p.begin(), p.end(), row);
    }
  });
}

using Entry = std::pair<Index, double>;  // column, value

/// P + P^T with P the affinities p_{j|i}, rows in ascending order of their columns.
std::vector<std::vector<Entry>> symmetric_sum(Neighbours neighbours, double perplexity) {
  make_conditional_affinities(neighbours, perplexity);
  const Index k = neighbours.k;
  const std::vector<double>& p = neighbours.distance;
  std::vector<std::vector<Entry>> rows(p.size() / static_cast<std::size_t>(k));
  std::vector<std::size_t> sizes(rows.size(), static_cast<std::size_t>(k));
  for (const Index j : neighbours.index) ++sizes[static_cast<std::size_t>(j)];
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].reserve(sizes[i]);
  for (std::size_t at = 0; at < p.size(); ++at) {
    const Index i = static_cast<Index>(at) / k, j = neighbours.index[at];
    rows[static_cast<std::size_t>(i)].emplace_back(j, p[at]);
    rows[static_cast<std::size_t>(j)].emplace_back(i, p[at]);
  }
  for (std::vector<Entry>& row : rows) {
    std::sort(row.begin(), row.end());
    std::size_t kept = 0;
    for (std::size_t at = 0; at < row.size(); ++at) {
      if (kept > 0 && row[kept - 1].first == row[at].first)
        row[kept - 1].second += row[at].second;
      else
        row[kept++] = row[at];
    }
    row.resize(kept);
  }
  return rows;
}

}  // namespace

SparseRows joint_affinities(Neighbours neighbours, double perplexity) {
  const auto rows = symmetric_sum(std::move(neighbours), perplexity);
  double total = 0;
  std::size_t size = 0;
  for (const auto& row : rows) {
    for (const Entry& entry : row) total += entry.second;
    size += row.size() + SparseRows::kPadding - 1;
  }
  SparseRows result;
  result.column.reserve(size);
  result.value.reserve(size);
  result.begin.push_back(0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const auto& [column, value] : rows[i]) {
      result.column.push_back(static_cast<std::int32_t>(column));
      result.value.push_back(static_cast<Scalar>(value / total));
    }
    while (result.column.size() % SparseRows::kPadding != 0) {
      result.column.push_back(static_cast<std::int32_t>(i));
      result.value.push_back(0);
    }
    result.begin.push_back(static_cast<Index>(result.column.size()));
  }
  return result;
}

}}}  // namespace nn::NN_PRECISION::detail
