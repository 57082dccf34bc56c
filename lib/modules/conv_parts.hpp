#pragma once

#include <algorithm>

#include "nn/core/threads.hpp"
#include "nn/modules/module.hpp"
#include "nn/ops/elementwise.hpp"

/// What the convolutions share.
namespace nn::inline NN_PRECISION::detail {

/// How many of `count` equal pieces of work, of that many multiplications each, are worth waking a
/// thread.
inline Index conv_grain(Index multiplications) {
  return 500000 / std::max<Index>(multiplications, 1) + 1;
}

/// W as a matrix, one column for each output channel.
inline Tensor kernel_matrix(const Tensor& weight) {
  const Index chan_out = weight.size(weight.rank() - 1);
  return weight.reshape({weight.numel() / chan_out, chan_out});
}

/// Adds to the gradients of a convolution what its outputs [0, count) give: add(begin, end, dw, db)
/// adds that of some to dw (window, chan_out) and db (1, chan_out). The outputs are cut into at
/// most eight parts whatever the number of threads, and the parts' sums added in order, so that the
/// bits do not depend on it.
template <class Add>
void add_in_parts(Index count, Index grain, Parameter& weight, Parameter* bias, Add add) {
  if (count == 0) return;
  const Index size = (count + 7) / 8, parts = (count + size - 1) / size;
  Tensor dw = kernel_matrix(weight.grad);
  Tensor sums(Shape{parts, dw.size(0) + 1, dw.size(1)});
  const Index window = dw.size(0);
  nn::parallel_for(parts, std::max<Index>(1, grain / size), [&](Index begin, Index end) {
    for (Index part = begin; part < end; ++part) {
      Tensor sum = sums.select(0, part), w = sum.slice(0, 0, window);
      Tensor b = sum.slice(0, window, window + 1);
      sum.fill(0);
      add(part * size, std::min(count, (part + 1) * size), w, b);
    }
  });
  for (Index part = 0; part < parts; ++part) {
    Tensor sum = sums.select(0, part);
    axpy(1, sum.slice(0, 0, window), dw);
    if (bias) axpy(1, sum.select(0, window), bias->grad);
  }
}

}  // namespace nn::inline NN_PRECISION::detail
