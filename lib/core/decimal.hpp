#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

#include "nn/core/scalar.hpp"

/// Fast reading of decimal numbers. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Reads the number that begins at `first`, correctly rounded, by std::from_chars. Returns its end,
/// or null if there is no number.
template <class Real>
const char* read_any_number(const char* first, const char* last, Real& value);

/// The eight characters at p, the first one lowest (on a little-endian machine).
inline std::uint64_t eight_characters(const char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

/// The number of digits at the start of eight characters, given XOR '0': 0 to 8.
inline unsigned leading_digits(std::uint64_t word) {
  // Adding 0x76 sets the top bit of a byte above 9. A carry only reaches the bytes after it.
  std::uint64_t others = ((word + 0x7676767676767676u) | word) & 0x8080808080808080u;
  return static_cast<unsigned>(std::countr_zero(others)) / 8;
}

/// The value of eight digits, the first one lowest, each byte 0 to 9: pairs, then fours, then all.
inline std::uint64_t eight_digits(std::uint64_t word) {
  word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ffu;
  word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffffu;
  return (word * 10000 + (word >> 32)) & 0xffffffffu;
}

/// The value of four digits in the low half. The high half is ignored.
inline std::uint64_t four_digits(std::uint64_t word) {
  word = (word * 10 + (word >> 8)) & 0x00ff00ffu;
  return (word * 100 + (word >> 16)) & 0xffffu;
}

/// The same as read_any_number, but fast for [-]d.ddd with one to seven decimals. Such a number is
/// m / 10^k. If the integer m is exact as a Real (10^k is), the division is the only rounding, so
/// the result is correctly rounded (Clinger, PLDI 1990). Other numbers go to read_any_number.
template <class Real>
inline const char* read_number(const char* first, const char* last, Real& value) {
  static constexpr Real powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  static constexpr std::uint64_t integers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  constexpr std::uint64_t exact = std::uint64_t{1} << std::numeric_limits<Real>::digits;
  constexpr bool in_order = std::endian::native == std::endian::little;
  constexpr std::ptrdiff_t room = 11;  // sign, digit, point, eight characters
  if (!in_order || last - first < room) return read_any_number(first, last, value);
  bool negative = *first == '-';
  const char* p = first + negative;
  unsigned units = static_cast<unsigned char>(*p) - unsigned{'0'};
  if (units > 9 || p[1] != '.') return read_any_number(first, last, value);
  std::uint64_t decimals = eight_characters(p + 2) ^ 0x3030303030303030u;
  unsigned k = leading_digits(decimals);
  std::uint64_t m;
  if (k == 4) {  // the usual case: with a well predicted branch, numbers overlap in the pipeline
    m = units * 10000 + four_digits(decimals);
    p += 6;
  } else {
    if (k == 0 || k == 8) return read_any_number(first, last, value);
    m = units * integers[k] + eight_digits(decimals << (64 - 8 * k));
    p += 2 + k;
  }
  if (m > exact || *p == 'e' || *p == 'E') return read_any_number(first, last, value);
  Real magnitude = static_cast<Real>(m) / powers[k];
  value = negative ? -magnitude : magnitude;
  return p;
}

}}}  // namespace nn::NN_PRECISION::detail
