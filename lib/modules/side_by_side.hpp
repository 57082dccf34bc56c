#pragma once

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Copies `part` into the last dimension of z, from `at` on. Returns where the next part begins.
inline Index put_beside(const Tensor& part, Index at, Tensor& z) {
  const int last = z.rank() - 1;
  const Index end = at + part.size(last);
  z.slice(last, at, end).copy_from(part);
  return end;
}

/// That part of z: `size` elements of the last dimension.
inline Tensor part_beside(const Tensor& z, Index at, Index size) {
  return z.slice(z.rank() - 1, at, at + size);
}

}}}  // namespace nn::NN_PRECISION::detail
