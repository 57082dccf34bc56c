#include "unsupervised/clustering/sample_blocks.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

constexpr Index kStrip = SampleBlocks::kStrip;

/// Writes (d, kStrip): x - origin for `count` samples x, and their norms.
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
      for (Index i = 0; i < kStrip; ++i) to[(j + c) * kStrip + i] = centred[i][c];
  }
}

}  // namespace

SampleBlocks::SampleBlocks(const char* operation, const Tensor& samples,
                           const std::vector<Scalar>& subtracted)
    : x(samples),
      origin(subtracted),
      strips({(samples.size(0) + kStrip - 1) / kStrip, samples.size(1), kStrip}),
      norms(static_cast<std::size_t>(strips.size(0) * kStrip)),
      n(samples.size(0)),
      d(samples.size(1)) {
  parallel_for(strips.size(0), 4, [&](Index begin, Index end) {
    for (Index strip = begin; strip < end; ++strip) {
      // Copies of the last sample fill the last strip.
      const Index first = strip * kStrip;
      transpose_strip(row(first), std::min(kStrip, n - first), d, origin.data(),
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

void SampleBlocks::copy_centred(Index i, Scalar* to) const {
  const Scalar* from = row(i);
  for (Index j = 0; j < d; ++j) to[j] = from[j] - origin[static_cast<std::size_t>(j)];
}

void SampleBlocks::multiply(const Tensor& rows, Index block, Tensor& out) const {
  const Index first = block * kWidth, width = std::min(kWidth, strips.size(0) * kStrip - first);
  for (Index i = 0; i < width; i += kStrip)
    kernels::gemm(rows.size(0), kStrip, d, 1, {rows.data(), d, 1}, {column(first + i), kStrip, 1},
                  0, {out.data() + i, kWidth, 1});
}

}}}  // namespace nn::NN_PRECISION::detail
