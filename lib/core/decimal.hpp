#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

#include "nn/core/scalar.hpp"

/// Fast reading of decimal numbers. Private to lib/.
namespace nn::inline NN_PRECISION::detail {

/// Reads the number that begins at `first`, as far as it goes, correctly rounded; returns where it
/// ends, or null if there is none. By std::from_chars: any number.
template <class Real>
const char* read_any_number(const char* first, const char* last, Real& value);

/// The eight characters at p, the first one lowest (on a little-endian machine).
inline std::uint64_t eight_characters(const char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

/// How many of eight characters, given XOR '0', are digits before the first that is none: 0 to 8.
inline unsigned leading_digits(std::uint64_t word) {
  // Adding 0x76 sets the top bit of a byte above 9; a carry only reaches bytes after such a one.
  std::uint64_t others = ((word + 0x7676767676767676u) | word) & 0x8080808080808080u;
  return static_cast<unsigned>(std::countr_zero(others)) / 8;
}

/// The value of eight digits, the first one lowest, each byte 0 to 9: pairs, then fours, then all.
inline std::uint64_t eight_digits(std::uint64_t word) {
  word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ffu;
  word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffffu;
  return (word * 10000 + (word >> 32)) & 0xffffffffu;
}

/// The value of four digits in the low half, the high half being anything.
inline std::uint64_t four_digits(std::uint64_t word) {
  word = (word * 10 + (word >> 8)) & 0x00ff00ffu;
  return (word * 100 + (word >> 16)) & 0xffffu;
}

/// The same number as read_any_number, fast for [-]d.ddd with up to seven decimals. Such a number
/// is m / 10^k; where the integer m is a Real without rounding (as 10^k is), that one division is
/// the only rounding, hence the correct one (Clinger, PLDI 1990). All else goes to read_any_number.
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
  if (k == 4) {  // the usual case apart: a branch foretold lets the next number begin early
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

}  // namespace nn::inline NN_PRECISION::detail
