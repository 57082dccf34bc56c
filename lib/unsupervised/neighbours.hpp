#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "nn/core/threads.hpp"
#include "nn/ops/matmul.hpp"
#include "unsupervised/points.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The k nearest other samples of each sample, by ascending distance, then index.
struct Neighbours {
  Index k;
  std::vector<Index> index;      // (n, k)
  std::vector<double> distance;  // (n, k): squared

  std::span<const Index> row(Index i) const {
    return {index.data() + i * k, static_cast<std::size_t>(k)};
  }
};

/// Exact: where expanded distances are too close to call, squared_distance() decides. 1 <= k <= n
/// - 1.
Neighbours nearest_neighbours(const Points& points, Index k);

/// Calls body(i, approximate) for each sample i, from several threads; each thread has its own copy
/// of body. approximate (n): expanded squared distances to all samples, each within error_bound()
/// of squared_distance().
template <class Body>
void for_each_distance_row(const Points& points, const Body& body) {
  constexpr Index kRows = 64;  // of one product
  const Index n = points.size();
  parallel_for((n + kRows - 1) / kRows, 1, [&](Index first, Index last) {
    Body own_body = body;
    Tensor products({kRows, n});
    std::vector<double> approximate(static_cast<std::size_t>(n));
    for (Index begin = first * kRows; begin < std::min(last * kRows, n); begin += kRows) {
      const Index end = std::min(begin + kRows, n);
      Tensor block = products.slice(0, 0, end - begin);
      gemm(-2, points.centred.slice(0, begin, end), points.centred.transpose(), 0, block);
      for (Index i = begin; i < end; ++i) {
        const Scalar* product = block.data() + (i - begin) * n;
        const double* norms = points.norms.data();
        double* out = approximate.data();
        for (Index j = 0; j < n; ++j) out[j] = (norms[i] + norms[j]) + product[j];
        own_body(i, approximate);
      }
    }
  });
}

}}}  // namespace nn::NN_PRECISION::detail
