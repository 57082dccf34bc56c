#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "table_test.hpp"

/// What the tests of functions of numbers share: what they are asked, and how far off they are.
namespace nn { inline namespace NN_PRECISION { namespace kernels {

using Limits = std::numeric_limits<Scalar>;
#ifdef NN_DOUBLE
using Bits = std::uint64_t;
constexpr bool kFloat = false;
#else
using Bits = std::uint32_t;
constexpr bool kFloat = true;
#endif

inline Values special_values() {
  Values values{0,
                1,
                kInfinity,
                kNaN,
                Limits::min(),
                Limits::denorm_min(),
                Limits::max(),
                Limits::epsilon(),
                std::nextafter(Limits::min(), Scalar{0}),
                std::nextafter(Scalar{1}, Scalar{0}),
                std::nextafter(Scalar{1}, Scalar{2}),
                std::sqrt(Scalar{0.5}),
                std::sqrt(Scalar{2}),
                Scalar(17.5),
                89,
                104,
                Scalar(709.78),
                Scalar(745.2)};
  const std::size_t count = values.size();
  for (std::size_t i = 0; i < count; ++i) values.push_back(-values[i]);
  values.push_back(std::bit_cast<Scalar>(std::bit_cast<Bits>(kInfinity) + 1));  // signalling
  return values;
}

/// More than a million values: all classes and exponents, and the ranges where the functions bend.
inline const Values& sample() {
  static const Values values = [] {
    Values v = special_values();
    std::uint64_t state = 1;
    auto next = [&] { return state = state * 6364136223846793005u + 1442695040888963407u; };
    for (int i = 0; i < 700000; ++i)
      v.push_back(std::bit_cast<Scalar>(static_cast<Bits>(next() >> (64 - 8 * sizeof(Bits)))));
    const double reach[] = {1, 10, 110, 760};
    for (int i = 0; i < 400000; ++i)
      v.push_back(
          static_cast<Scalar>((static_cast<double>(next() >> 11) * 0x1p-52 - 1) * reach[i % 4]));
    return v;
  }();
  return values;
}

inline long double exact_sigmoid(long double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

/// |got - exact| in units of the last place that Scalar has at `exact`.
inline double ulps(Scalar got, long double exact) {
  const long double limit =
      std::ldexp(2.0L - std::ldexp(1.0L, -Limits::digits), Limits::max_exponent - 1);
  if (std::isnan(exact) || std::isnan(got)) return std::isnan(exact) && std::isnan(got) ? 0 : 1e9;
  if (std::fabs(exact) >= limit) return got == (exact > 0 ? kInfinity : -kInfinity) ? 0 : 1e9;
  int exponent = 0;
  std::frexp(exact, &exponent);
  exponent = std::max(exponent, Limits::min_exponent);
  return static_cast<double>(
      std::ldexp(std::fabs(static_cast<long double>(got) - exact), Limits::digits - exponent));
}

}}}  // namespace nn::NN_PRECISION::kernels
