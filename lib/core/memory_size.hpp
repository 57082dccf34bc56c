#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "nn/core/error.hpp"
#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The same number, for a container's size. RangeError if this CPU's addresses do not reach so far,
/// as those of 32 bits. For counts that no tensor in memory has bounded. Private to lib/.
inline std::size_t memory_size(Index count) {
  if (std::in_range<std::size_t>(count)) return static_cast<std::size_t>(count);
  throw RangeError("cannot allocate " + std::to_string(count) + " numbers");
}

}}}  // namespace nn::NN_PRECISION::detail
