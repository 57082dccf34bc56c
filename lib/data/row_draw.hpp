#pragma once

#include <cmath>
#include <cstdint>

#include "core/portable_math.hpp"
#include "kernels/kernels.hpp"
#include "nn/core/philox.hpp"

/// Random numbers of one row of a batch, by a counter. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The random words of one row. Each purpose has its own.
class Draw {
 public:
  enum Purpose : std::uint32_t { kRow, kPairs, kField, kNoise };

  Draw(const PhiloxKey& key, Index row) : key_(key), row_(static_cast<std::uint64_t>(row)) {}
  PhiloxCounter words(Purpose purpose, Index block = 0) const {
    return philox4x32({static_cast<std::uint32_t>(block), purpose, static_cast<std::uint32_t>(row_),
                       static_cast<std::uint32_t>(row_ >> 32)},
                      key_);
  }
  /// Adds normal noise to an image.
  void add_normal(Index n, Scalar sd, Scalar* image) const {
    kernels::active().add_normal(n, sd, key_, row_, std::uint64_t{kNoise} << 32, image);
  }

 private:
  PhiloxKey key_;
  std::uint64_t row_;
};

/// Uniform in (0, 1).
inline double unit(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }
/// Uniform in (-limit, limit).
inline double within(double limit, std::uint32_t word) { return limit * (2 * unit(word) - 1); }
/// Uniform in 0, ..., count - 1.
inline Index below(Index count, std::uint32_t word) {
  return static_cast<Index>(static_cast<std::uint64_t>(count) * word >> 32);
}

/// From Beta(alpha, alpha) (Devroye, "Random variate generation in one line of code", 1996).
inline double symmetric_beta(double alpha, std::uint32_t first, std::uint32_t second) {
  const double power = portable_exp(portable_log(unit(first)) / alpha);  // u^(1/a)
  const double cos = portable_sin_cos(360 * unit(second)).cos;
  const double half = 0.5 / std::sqrt(1 + power / ((1 - power) * cos * cos));
  return cos < 0 ? 0.5 - half : 0.5 + half;
}

}}}  // namespace nn::NN_PRECISION::detail
