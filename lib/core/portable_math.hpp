#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>

#include "nn/core/scalar.hpp"

/// e^x, ln x, sin x and cos x in double, in both precisions of the library. They use sums, products
/// and quotients only, so the bits are the same everywhere. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// e^x for x <= 0, with a relative error of at most 1e-15; 0 below -708. x = n ln 2 + r with
/// |r| <= ln(2) / 2, and e^r comes from its series.
inline double portable_exp(double x) {
  if (!(x >= -708)) return 0;
  constexpr double kRound = 0x1.8p52;  // adding it leaves an integer in the low bits
  const double shifted = x * 1.4426950408889634 + kRound, n = shifted - kRound;
  const double r = (x - n * 0x1.62e42fefa3000p-1) - n * 0x1.3de6af278ece6p-42;
  double series = 1.0 / 6227020800;  // 1 / 13!
  for (double inverse : {1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                         1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0})
    series = series * r + inverse;
  const auto power = std::bit_cast<std::uint64_t>(shifted) << 52;  // n, in the exponent's place
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(series) + power);
}

/// ln x for a positive, normal x, with an error of at most 4e-16 (1 + |ln x|). x = 2^n m with
/// sqrt(1/2) <= m < sqrt(2), and ln m = 2 artanh((m - 1) / (m + 1)) comes from its series.
inline double portable_log(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int n = static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffu) | 0x3ff0000000000000u);
  if (m > 1.4142135623730951) {
    m /= 2;
    ++n;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  double series = 0;
  for (int k = 21; k >= 3; k -= 2) series = series * square + 1.0 / k;
  return n * 0.6931471805599453 + 2 * (s + s * square * series);
}

struct SinCos {
  double sin, cos;
};

/// Of an angle in degrees below 2^31, with an error of at most 3e-16; exact at multiples of 90.
/// angle = 90 n + r with |r| <= 45, and those of r come from their series.
inline SinCos portable_sin_cos(double angle) {
  constexpr double kRound = 0x1.8p52;
  const double shifted = angle / 90 + kRound, n = shifted - kRound;
  const double r = (angle - 90 * n) * 0.017453292519943295, square = r * r;
  double sin = 0, cos = 0;
  for (int k = 18; k >= 2; k -= 2) {
    cos = (1 - cos) * square / (k * (k - 1));
    sin = (1 - sin) * square / (k * (k + 1));
  }
  sin = r - r * sin;
  cos = 1 - cos;
  switch (std::bit_cast<std::uint64_t>(shifted) % 4) {  // n, in the low bits
    case 0:
      return {sin, cos};
    case 1:
      return {cos, -sin};
    case 2:
      return {-sin, -cos};
    default:
      return {-cos, sin};
  }
}

}}}  // namespace nn::NN_PRECISION::detail
