// Random numbers. The loops over eight counters are plain: compilers turn them into vectors.
#pragma once

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

constexpr int kCounters = 8, kWords = 4 * kCounters;

/// Word w of philox4x32((first + l, row), key) as words[kCounters w + l]. See nn/core/philox.hpp.
NN_TARGET void philox_words(std::uint64_t first, std::uint64_t row, PhiloxKey key,
                            std::uint32_t* words) {
  std::uint32_t c[4][kCounters];
  for (int l = 0; l < kCounters; ++l) {
    const std::uint64_t counter = first + static_cast<std::uint64_t>(l);
    c[0][l] = static_cast<std::uint32_t>(counter);
    c[1][l] = static_cast<std::uint32_t>(counter >> 32);
    c[2][l] = static_cast<std::uint32_t>(row);
    c[3][l] = static_cast<std::uint32_t>(row >> 32);
  }
  for (int round = 0; round < 10; ++round) {
    for (int l = 0; l < kCounters; ++l) {
      const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0][l];
      const std::uint64_t b = std::uint64_t{0xCD9E8D57} * c[2][l];
      c[0][l] = static_cast<std::uint32_t>(b >> 32) ^ c[1][l] ^ key[0];
      c[2][l] = static_cast<std::uint32_t>(a >> 32) ^ c[3][l] ^ key[1];
      c[1][l] = static_cast<std::uint32_t>(b);
      c[3][l] = static_cast<std::uint32_t>(a);
    }
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  for (int w = 0; w < 4; ++w)
    for (int l = 0; l < kCounters; ++l) words[kCounters * w + l] = c[w][l];
}

NN_TARGET void dropout(Index n, const PhiloxKey& key, std::uint64_t row, std::uint64_t below,
                       Scalar kept, Scalar* factors) {
  std::uint32_t words[kWords];
  for (Index first = 0; first < n; first += kWords) {
    philox_words(static_cast<std::uint64_t>(first / 4), row, key, words);
    const int count = static_cast<int>(smaller(n - first, kWords));
    for (int i = 0; i < count; ++i) factors[first + i] = words[i] < below ? 0 : kept;
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
