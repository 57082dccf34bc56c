#pragma once

#include <array>
#include <cstdint>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3",
/// SC'11): four random words that are a function of a counter and a key. There is no state, so that
/// numbers can be drawn in any order and by any thread.
using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;
constexpr PhiloxCounter philox4x32(PhiloxCounter c, PhiloxKey key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0], b = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return c;
}

/// What a layer's random numbers depend on, besides the row of the batch and the element: nothing
/// else, so that they are the same for any threads and whatever ran before. For element e of row i:
///
///     const auto row = static_cast<std::uint64_t>(key.first_row + i);
///     const nn::PhiloxCounter words =
///         nn::philox4x32({e, 0, static_cast<std::uint32_t>(row),
///                         static_cast<std::uint32_t>(row >> 32)}, key.philox());
///     const double uniform = words[0] * 0x1p-32;  // in [0, 1)
struct RandomKey {
  std::uint64_t seed = 0, step = 0;  // of the training
  std::uint64_t layer = 0;           // its place among the random layers of the network
  Index first_row = 0;               // what row 0 of the batch counts as

  /// The key of the layer's words in this step: words 0 and 1 of philox4x32((step, layer), seed),
  /// low halves first.
  constexpr PhiloxKey philox() const {
    const PhiloxCounter c =
        philox4x32({static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step >> 32),
                    static_cast<std::uint32_t>(layer), static_cast<std::uint32_t>(layer >> 32)},
                   {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
    return {c[0], c[1]};
  }
};

}}  // namespace nn::NN_PRECISION
