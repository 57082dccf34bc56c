#include "unsupervised/clustering/sample_blocks.hpp"

#include <algorithm>

#include "nn/core/threads.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

constexpr Index kStrip = 16;  // samples transposed together: a cache line of floats
constexpr Index kBlockWidth = SampleBlocks::kWidth;

/// Writes (d, kStrip) of a block: x - origin for `count` samples x, and their norms.
void transpose_strip(const Scalar* x, Index count, Index d, const Scalar* origin, Scalar* to,
                     double* norms) {
  Scalar centred[kStrip][kStrip];
  std::fill_n(norms, kStrip, 0.0);
  for (Index j = 0; j < d; j += kStrip) {
    const Index columns = std::min(kStrip, d - j);
    for (Index i = 0; i < kStrip; ++i) {
      const Scalar* from = x + std::min(i, count - 1) * d + j;
      for (Index c = 0; c < columns; ++c) centred[i][c] = from[c] - origin[j + c];
      norms[i] += sum_in_lanes(columns, [&](Index c) {
        const auto v = static_cast<double>(centred[i][c]);
        return v * v;
      });
    }
    for (Index c = 0; c < columns; ++c)
      for (Index i = 0; i < kStrip; ++i) to[(j + c) * kBlockWidth + i] = centred[i][c];
  }
}

}  // namespace

SampleBlocks::SampleBlocks(const char* operation, const Tensor& samples,
                           const std::vector<Scalar>& subtracted)
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
  for (Index j = 0; j < d; ++j) to[j] = from[j] - origin[static_cast<std::size_t>(j)];
}

void SampleBlocks::multiply(const Tensor& rows, Index block, Tensor& out) const {
  gemm(1, rows, blocks.select(0, block), 0, out);
}

}}}  // namespace nn::NN_PRECISION::detail
