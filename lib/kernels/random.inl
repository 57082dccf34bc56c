// Random numbers. The loops over eight counters are plain: compilers turn them into vectors.
#pragma once

#include "kernels/math.inl"

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

/// sin and cos of x quarter turns, |x| <= 1/2, by their series.
struct SinCos {
  Vec sin, cos;
};
NN_VECTOR_FUNCTION SinCos sin_cos_quarters(Vec x) {
  const Vec angle = mul(x, set1(Scalar(0x1.921fb54442d18p0))), square = mul(angle, angle);
  Vec sin = set1(0), cos = set1(0);
  NN_UNROLL
  for (int k = sizeof(Scalar) == 4 ? 10 : 18; k >= 2; k -= 2) {
    cos = mul(sub(set1(1), cos), mul(square, set1(Scalar(1) / static_cast<Scalar>(k * (k - 1)))));
    sin = mul(sub(set1(1), sin), mul(square, set1(Scalar(1) / static_cast<Scalar>(k * (k + 1)))));
  }
  return {fnma(angle, sin, angle), sub(set1(1), cos)};
}

/// Half of the words of philox_words().
constexpr int kPairs = kWords / 2;

/// (word[i] / 256 + 1/2) / 2^24
NN_TARGET void uniform(const std::uint32_t* words, Scalar* u) {
  for (int i = 0; i < kPairs; ++i)
    u[i] = (static_cast<Scalar>(static_cast<std::int32_t>(words[i] >> 8)) + Scalar{0.5}) *
           Scalar{0x1p-24};
}

/// kWords standard normal numbers.
NN_TARGET void normals(const std::uint32_t* words, Scalar* z) {
  Scalar *cos = z, *sin = z + kPairs;
  uniform(words, cos);
  uniform(words + kPairs, sin);
  for (int i = 0; i < kPairs; i += kWidth) {
    const Vec radius = sqrt(mul(set1(-2), log(load(cos + i))));
    const SinCos turn = sin_cos_quarters(sub(load(sin + i), set1(Scalar{0.5})));
    store(cos + i, mul(radius, turn.cos));
    store(sin + i, mul(radius, turn.sin));
  }
  for (int i = 0; i < kPairs; ++i) {
    const Scalar c = cos[i], s = sin[i];
    const std::uint32_t quarters = words[kPairs + i] & 3;
    const bool odd = quarters & 1;
    const Scalar x = odd ? s : c, y = odd ? c : s;
    cos[i] = quarters == 1 || quarters == 2 ? -x : x;
    sin[i] = quarters >= 2 ? -y : y;
  }
}

NN_TARGET void add_normal(Index n, Scalar sd, const PhiloxKey& key, std::uint64_t row,
                          std::uint64_t first, Scalar* x) {
  std::uint32_t words[kWords];
  Scalar z[kWords];
  for (Index begin = 0; begin < n; begin += kWords) {
    philox_words(first + static_cast<std::uint64_t>(begin / 4), row, key, words);
    normals(words, z);
    const int count = static_cast<int>(smaller(n - begin, kWords));
    for (int i = 0; i < count; ++i) x[begin + i] += sd * z[i];
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
