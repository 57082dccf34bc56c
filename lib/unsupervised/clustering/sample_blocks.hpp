#pragma once

#include <vector>

#include "nn/core/tensor.hpp"
#include "unsupervised/points.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Samples for many products with few other points, in blocks of 256, and these in transposed
/// strips of a line of memory. The columns of a product are samples: they fill vectors however few
/// the other points are, and need no packing. A strip is read from end to end.
struct SampleBlocks {
  static constexpr Index kWidth = 256, kStrip = 64 / sizeof(Scalar);  // a line of memory

  Tensor x;       // (n, d), contiguous
  Tensor strips;  // (strips, d, kStrip): x - origin, rounded; copies of the last sample at the end
  std::vector<double> norms;  // (strips * kStrip): |x - origin|^2, of the rounded values
  double largest_norm = 0;
  Index n, d;

  /// ArgumentError, naming the operation, if a squared distance could overflow.
  SampleBlocks(const char* operation, const Tensor& samples, const std::vector<Scalar>& origin);

  Index count() const { return (n + kWidth - 1) / kWidth; }
  /// The least number of blocks for a thread, in products with m rows.
  Index grain(Index m) const;
  /// out (m, kWidth) = rows block^T for rows: (m, d) and a block's samples.
  void multiply(const Tensor& rows, Index block, Tensor& out) const;
  const Scalar* row(Index i) const { return x.data() + i * d; }
  /// The numbers of sample i in its strip, kStrip apart.
  const Scalar* column(Index i) const {
    return strips.data() + i / kStrip * d * kStrip + i % kStrip;
  }
  /// Tells the CPU that a sample is soon wanted, where samples are taken with gaps between them.
  void prefetch(Index i) const {
    for (Index j = 0; j < d; j += kStrip) __builtin_prefetch(row(i) + j);
  }
};

}}}  // namespace nn::NN_PRECISION::detail
