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

/// Rows of a sparse matrix, in ascending order of their columns. Row i has the places from begin[i]
/// to end[i].
struct Rows {
  std::vector<std::size_t> begin, end;
  std::vector<std::int32_t> column;
  std::vector<double> value;

  void append(std::size_t row, std::size_t to_column, double x) {
    const std::size_t at = end[row]++;
    column[at] = static_cast<std::int32_t>(to_column);
    value[at] = x;
  }
};

/// Rows with room for k entries, and for one more for each row that has this one as a neighbour.
Rows room_for_both(const Neighbours& neighbours) {
  const auto k = static_cast<std::size_t>(neighbours.k);
  std::vector<std::size_t> size(neighbours.index.size() / k, k);
  for (const Index j : neighbours.index) ++size[static_cast<std::size_t>(j)];
  Rows rows;
  std::size_t begin = 0;
  for (const std::size_t s : size) {
    rows.begin.push_back(begin);
    begin += s;
  }
  rows.end = rows.begin;
  rows.column.resize(begin);
  rows.value.resize(begin);
  return rows;
}

/// Sorts a row's entries and adds up those of the same column.
void sort_row(Rows& rows, std::size_t row, std::vector<std::pair<std::int32_t, double>>& entries) {
  entries.clear();
  for (std::size_t at = rows.begin[row]; at < rows.end[row]; ++at)
    entries.emplace_back(rows.column[at], rows.value[at]);
  std::sort(entries.begin(), entries.end());
  std::size_t& end = rows.end[row];
  end = rows.begin[row];
  for (const auto& [column, value] : entries) {
    if (end > rows.begin[row] && rows.column[end - 1] == column)
      rows.value[end - 1] += value;
    else
      rows.append(row, static_cast<std::size_t>(column), value);
  }
}

/// P + P^T with P the affinities p_{j|i}.
Rows symmetric_sum(Neighbours neighbours, double perplexity) {
  make_conditional_affinities(neighbours, perplexity);
  Rows rows = room_for_both(neighbours);
  for (std::size_t at = 0; at < neighbours.index.size(); ++at) {
    const std::size_t i = at / static_cast<std::size_t>(neighbours.k);
    const auto j = static_cast<std::size_t>(neighbours.index[at]);
    const double p = neighbours.distance[at];
    rows.append(i, j, p);
    rows.append(j, i, p);
  }
  std::vector<std::pair<std::int32_t, double>> entries;
  for (std::size_t row = 0; row < rows.begin.size(); ++row) sort_row(rows, row, entries);
  return rows;
}

}  // namespace

SparseRows joint_affinities(Neighbours neighbours, double perplexity) {
  const Rows rows = symmetric_sum(std::move(neighbours), perplexity);
  const std::size_t n = rows.begin.size();
  double total = 0;
  std::size_t size = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t at = rows.begin[i]; at < rows.end[i]; ++at) total += rows.value[at];
    size += rows.end[i] - rows.begin[i] + SparseRows::kPadding - 1;
  }
  SparseRows result;
  result.column.reserve(size);
  result.value.reserve(size);
  result.begin.push_back(0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t at = rows.begin[i]; at < rows.end[i]; ++at) {
      result.column.push_back(rows.column[at]);
      result.value.push_back(static_cast<Scalar>(rows.value[at] / total));
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
