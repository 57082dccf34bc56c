#pragma once

#include <array>
#include <cstddef>

#include "nn/core/shape.hpp"
#include "nn/core/tensor.hpp"

/// Loops over the elements of strided tensors, for elementwise operations and reductions.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// A shape, and the strides of some operands over it (0 where one is broadcast). Dimensions that
/// all operands run through evenly are merged: for contiguous tensors one is left.
template <std::size_t count>
struct LoopPlan {
  std::array<Index, Shape::max_rank> sizes{};
  std::array<std::array<Index, Shape::max_rank>, count> strides{};
  int rank = 0;

  LoopPlan(const Shape& shape, const std::array<const Tensor*, count>& operands) {
    for (int dim = 0; dim < shape.rank(); ++dim) {
      if (shape[dim] == 1) continue;
      std::array<Index, count> step;
      for (std::size_t k = 0; k < count; ++k) {
        int own = dim - (shape.rank() - operands[k]->rank());
        step[k] = own < 0 || operands[k]->size(own) == 1 ? 0 : operands[k]->stride(own);
      }
      append(shape[dim], step);
    }
    if (rank == 0) append(1, {});
  }

 private:
  void append(Index size, const std::array<Index, count>& step) {
    if (rank > 0 && continues(size, step)) size *= sizes[static_cast<std::size_t>(--rank)];
    const auto last = static_cast<std::size_t>(rank++);
    sizes[last] = size;
    for (std::size_t k = 0; k < count; ++k) strides[k][last] = step[k];
  }

  // Whether a step of the last dimension is a whole run of this one, for every operand.
  bool continues(Index size, const std::array<Index, count>& step) const {
    const auto last = static_cast<std::size_t>(rank) - 1;
    for (std::size_t k = 0; k < count; ++k)
      if (strides[k][last] != size * step[k]) return false;
    return true;
  }
};

/// Calls row(offsets, n, steps) for each innermost row of n elements, in the order of the indices.
/// Operand k's row begins at element offsets[k] and goes on by steps[k].
template <std::size_t count, class Row>
void for_each_row(const Shape& shape, const std::array<const Tensor*, count>& operands, Row&& row) {
  if (shape.numel() == 0) return;
  LoopPlan<count> plan(shape, operands);
  auto inner = static_cast<std::size_t>(plan.rank) - 1;
  std::array<Index, count> steps, offsets{};
  for (std::size_t k = 0; k < count; ++k) steps[k] = plan.strides[k][inner];
  std::array<Index, Shape::max_rank> at{};
  for (;;) {
    row(offsets, plan.sizes[inner], steps);
    std::size_t dim = inner;
    for (;;) {
      if (dim == 0) return;
      --dim;
      for (std::size_t k = 0; k < count; ++k) offsets[k] += plan.strides[k][dim];
      if (++at[dim] < plan.sizes[dim]) break;
      for (std::size_t k = 0; k < count; ++k) offsets[k] -= plan.sizes[dim] * plan.strides[k][dim];
      at[dim] = 0;
    }
  }
}

}}}  // namespace nn::NN_PRECISION::detail
