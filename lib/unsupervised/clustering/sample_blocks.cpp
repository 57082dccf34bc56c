#include "unsupervised/clustering/sample_blocks.hpp"

#include <algorithm>

#include "nn/core/threads.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

constexpr Index kStrip = 16;  // samples transposed together: a cache line of floats
constexpr Index kBlockWidth = SampleBlocks::kWidth;

/// Writes (d, kStrip) of a block: x - origin for `count` samples x, and their norms.
void transpose_strip(const Scalar* x, Index count, Index d, const double* origin, Scalar* to,
                     double* norms) {
  const Scalar* rows[kStrip];
  for (Index i = 0; i < kStrip; ++i) rows[i] = x + std::min(i, count - 1) * d;
  double sums[kStrip] = {};
  for (Index j = 0; j < d; ++j) {
    Scalar* out = to + j * kBlockWidth;
    for (Index i = 0; i < kStrip; ++i) out[i] = static_cast<Scalar>(rows[i][j] - origin[j]);
    for (Index i = 0; i < kStrip; ++i)
      sums[i] += static_cast<double>(out[i]) * static_cast<double>(out[i]);
  }
  std::copy_n(sums, kStrip, norms);
}

}  // namespace

SampleBlocks::SampleBlocks(const char* operation, const Tensor& samples,
                           const std::vector<double>& subtracted)
    : x(samples),
      origin(subtracted),
      blocks({(samples.size(0) + kBlockWidth - 1) / kBlockWidth, samples.size(1), kBlockWidth}),
      norms(static_cast<std::size_t>(blocks.size(0) * kBlockWidth)),
      n(samples.size(0)),
      d(samples.size(1)) {
  const Index strips = kBlockWidth / kStrip;  // in a block
  parallel_for(count() * strips, 4, [&](Index begin, Index end) {
    for (Index strip = begin; strip < end; ++strip) {
      const Index first = strip * kStrip;
      Scalar* to = blocks.data() + strip / strips * d * kBlockWidth + strip % strips * kStrip;
      // Copies of the last sample fill the last block.
      const Index from = std::min(first, n - 1);
      transpose_strip(row(from), std::min(kStrip, n - from), d, origin.data(), to,
                      norms.data() + first);
    }
  });
  largest_norm = *std::max_element(norms.begin(), norms.end());
  require_finite_distances(operation, largest_norm, "samples");
}

Index SampleBlocks::grain(Index m) const {
  constexpr Index kThreadOperations = 1000000;
  return kThreadOperations / (2 * kWidth * d * m) + 1;
}

void SampleBlocks::copy_centred(Index i, Scalar* to) const {
  const Scalar* from = row(i);
  const double* shift = origin.data();
  for (Index j = 0; j < d; ++j) to[j] = static_cast<Scalar>(from[j] - shift[j]);
}

void SampleBlocks::multiply(const Tensor& rows, Index block, Tensor& out) const {
  gemm(1, rows, blocks.select(0, block), 0, out);
}

}}}  // namespace nn::NN_PRECISION::detail
