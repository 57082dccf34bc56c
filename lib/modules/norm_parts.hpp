#pragma once

#include <algorithm>

#include "kernels/kernels.hpp"
#include "nn/modules/parameter.hpp"
#include "nn/ops/elementwise.hpp"

/// What layers that normalise share.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// How many rows of n numbers are worth waking a thread.
inline Index row_grain(Index n) { return kernels::kElementGrain / n + 1; }

inline ParameterPtr make_gain(Index features) {
  ParameterPtr gain = make_parameter(ParameterKind::gain, {features}, 1, 1);
  gain->value.fill(1);
  return gain;
}

inline ParameterPtr make_shift(Index features) {
  return make_parameter(ParameterKind::bias, {features}, features, features);
}

/// The sum over all rows i of (a[i, j] - shift[j]) (b[i, j] - shift[j]), in blocks and groups as
/// gemm's sums. a, b: (n, columns), contiguous; a null shift is 0.
inline Tensor column_dots(const Tensor& a, const Tensor& b, const Tensor* shift) {
  const Index rows = a.size(0), n = a.size(1), block = kernels::kBlockSteps;
  const Index blocks = (rows + block - 1) / block;
  constexpr Index blocks_of_group = kernels::kGroupSteps / kernels::kBlockSteps;
  Tensor sums(Shape{blocks, n}), total = Tensor::zeros({n});
  const Scalar* moved = shift ? shift->data() : nullptr;
  Scalar* to = sums.data();
  parallel_for(blocks, row_grain(n) / block + 1, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      kernels::active().column_dots(std::min(block, rows - i * block), n, a.data() + i * block * n,
                                    b.data() + i * block * n, moved, to + i * n);
  });
  for (Index first = 0; first < blocks; first += blocks_of_group) {
    Tensor group = sums.select(0, first);
    for (Index i = first + 1; i < std::min(first + blocks_of_group, blocks); ++i)
      axpy(1, sums.select(0, i), group);
    axpy(1, group, total);
  }
  return total;
}

}}}  // namespace nn::NN_PRECISION::detail
