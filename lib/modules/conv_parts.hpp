#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "kernels/speed.hpp"
#include "nn/core/threads.hpp"
#include "nn/modules/module.hpp"
#include "nn/ops/elementwise.hpp"

/// What the convolutions share.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The most positions of windows whose part of a gradient is one product, if they are more than a
/// line. It decides the order of sums, so it depends on no cache and no CPU.
constexpr Index kLeafPositions = 512;

/// How many of `count` equal pieces of work, of that many multiplications each, are worth waking a
/// thread.
inline Index conv_grain(Index multiplications) {
  return kernels::thread_grain() / std::max<Index>(multiplications, 1) + 1;
}

/// W as a matrix, one column for each output channel.
inline Tensor kernel_matrix(const Tensor& weight) {
  const Index chan_out = weight.size(weight.rank() - 1);
  return weight.reshape({weight.numel() / chan_out, chan_out});
}

/// sum = the leaves [first, first + size) of a binary tree that has `leaves` of them, added two by
/// two: size is a power of two, and first a multiple of it. leaf(i, to) writes leaf i.
template <class Leaf>
void sum_leaves(Index first, Index size, Index leaves, Tensor& sum, const Leaf& leaf) {
  if (size == 1) return leaf(first, sum);
  sum_leaves(first, size / 2, leaves, sum, leaf);
  if (first + size / 2 >= leaves) return;
  Tensor right(sum.shape());
  sum_leaves(first + size / 2, size / 2, leaves, right, leaf);
  axpy(1, right, sum);
}

/// The least power of two that is not below count.
inline Index power_of_two(Index count) {
  return static_cast<Index>(std::bit_ceil(static_cast<std::uint64_t>(count)));
}

/// The leaves of the subtrees that threads sum up: few subtrees, as their sums are added by one
/// thread, but no thread has a tenth more leaves than its share.
inline Index subtree_size(Index leaves) {
  constexpr Index least = 4, most = 16;  // for each thread
  const Index threads = num_threads();
  Index size = power_of_two(leaves / (least * threads) + 1);
  auto subtrees = [&] { return (leaves + size - 1) / size; };
  auto is_even = [&] {
    return 10 * threads * size * ((subtrees() + threads - 1) / threads) <= 11 * leaves;
  };
  while (size > 1 && 2 * subtrees() <= most * threads && !is_even()) size /= 2;
  return size;
}

/// Adds a sum of `leaves` parts to the gradients of a convolution, once: leaf(i, dw, db) writes
/// what part i of the outputs gives to dw (window, chan_out) and, if there is a bias, db (1,
/// chan_out). Threads sum up whole subtrees, so that the bits do not depend on their number.
template <class Leaf>
void add_leaves(Index leaves, Index grain, Parameter& weight, Parameter* bias, const Leaf& leaf) {
  const Index window = kernel_matrix(weight.value).size(0),
              chan_out = weight.value.numel() / window;
  const Index size = subtree_size(leaves), subtrees = (leaves + size - 1) / size;
  Tensor sums(Shape{subtrees, window + (bias ? 1 : 0), chan_out});
  nn::parallel_for(subtrees, std::max<Index>(1, grain / size), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      Tensor sum = sums.select(0, i);
      sum_leaves(i * size, size, leaves, sum, [&](Index at, Tensor& to) {
        Tensor dw = to.slice(0, 0, window), db = to.slice(0, window, to.size(0));
        leaf(at, dw, db);
      });
    }
  });
  Tensor total = Tensor::zeros({sums.size(1), chan_out});
  if (subtrees > 0)
    sum_leaves(0, power_of_two(subtrees), subtrees, total,
               [&](Index i, Tensor& to) { to.copy_from(sums.select(0, i)); });
  axpy(1, total.slice(0, 0, window).reshape(weight.value.shape()), weight.grad);
  if (bias) axpy(1, total.select(0, window), bias->grad);
}

}}}  // namespace nn::NN_PRECISION::detail
