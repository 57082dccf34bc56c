#include "unsupervised/neighbours.hpp"

#include <utility>

#include "core/memory_size.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

using Candidate = std::pair<double, Index>;  // in the order of neighbours

/// Buffers for the search of one row.
struct NeighbourSearch {
  std::vector<double> order;
  std::vector<Candidate> candidates;
};

/// Finds all samples that can be among the k nearest. The approximate distance of such a sample is
/// at most the k-th smallest one plus twice the error bound: once for each of the two distances.
void find_candidates(const Points& points, Index i, Index k, const std::vector<double>& approximate,
                     NeighbourSearch& search) {
  const Index n = points.size();
  search.order = approximate;
  search.order[static_cast<std::size_t>(i)] = std::numeric_limits<double>::infinity();
  double* first = search.order.data();
  std::nth_element(first, first + (k - 1), first + n);
  const double bound =
      error_bound(points.dims(), points.norms[static_cast<std::size_t>(i)], points.largest_norm);
  const double limit = search.order[static_cast<std::size_t>(k - 1)] + 2 * bound;
  search.candidates.clear();
  for (Index j = 0; j < n; ++j)
    if (j != i && approximate[static_cast<std::size_t>(j)] <= limit)
      search.candidates.emplace_back(squared_distance(points.row(i), points.row(j), points.dims()),
                                     j);
}

}  // namespace

Neighbours nearest_neighbours(const Points& points, Index k) {
  const auto count = memory_size(points.size() * k);
  Neighbours result{k, std::vector<Index>(count), std::vector<double>(count)};
  for_each_distance_row(points,
                        [&, search = NeighbourSearch()](Index i, const auto& approximate) mutable {
                          find_candidates(points, i, k, approximate, search);
                          auto& found = search.candidates;
                          Candidate* first = found.data();
                          std::partial_sort(first, first + k, first + found.size());
                          for (Index j = 0; j < k; ++j) {
                            const auto& [distance, index] = found[static_cast<std::size_t>(j)];
                            result.index[static_cast<std::size_t>(i * k + j)] = index;
                            result.distance[static_cast<std::size_t>(i * k + j)] = distance;
                          }
                        });
  return result;
}

}}}  // namespace nn::NN_PRECISION::detail
