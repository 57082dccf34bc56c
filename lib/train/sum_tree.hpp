#pragma once

#include <bit>
#include <cstdint>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The tree in which sums over micro-batches are added: those over begin, ..., end - 1, more than
/// one, are the sum of two, which are cut here. Of 7: ((0 1) (2 3)) ((4 5) 6). Private to lib/.
inline Index sum_tree_middle(Index begin, Index end) {
  return begin + static_cast<Index>(std::bit_floor(static_cast<std::uint64_t>(end - begin - 1)));
}

}}}  // namespace nn::NN_PRECISION::detail
