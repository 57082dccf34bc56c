#include "unsupervised/clustering/sample_blocks.hpp"

#include <algorithm>

#include "kernels/product.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
SampleBlocks::SampleBlocks(const char* operation, const Tensor& samples,
                           const std::vector<Scalar>& origin)
    : x(samples),
      strips({(samples.size(0) + kStrip - 1) / kStrip, samples.size(1), kStrip}),
      norms(static_cast<std::size_t>(strips.size(0) * kStrip)),
      n(samples.size(0)),
      d(samples.size(1)) {
  parallel_for(strips.size(0), 4, [&](Index begin, Index end) {
    for (Index strip = begin; strip < end; ++strip) {
      const Index first = strip * kStrip;
      kernels::active().centred_strip(std::min(kStrip, n - first), d, row(first), origin.data(),
                                      strips.data() + first * d, norms.data() + first);
    }
  });
  largest_norm = *std::max_element(norms.begin(), norms.end());
  require_finite_distances(operation, largest_norm, "samples");
}

Index SampleBlocks::grain(Index m) const {
  constexpr Index kThreadOperations = 1000000;
  return kThreadOperations / (2 * kWidth * d * m) + 1;
}

void SampleBlocks::multiply(const Tensor& rows, Index block, Tensor& out) const {
  const Index first = block * kWidth, width = std::min(kWidth, strips.size(0) * kStrip - first);
  for (Index i = 0; i < width; i += kStrip)
    kernels::gemm({.m = rows.size(0),
                   .n = kStrip,
                   .k = d,
                   .a = {rows.data(), d, 1},
                   .b = {column(first + i), kStrip, 1},
                   .c = {out.data() + i, kWidth, 1}});
}

}}}  // namespace nn::NN_PRECISION::detail
