#pragma once

#include <charconv>
#include <version>
#ifndef __cpp_lib_to_chars
#include <algorithm>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#ifdef __APPLE__
#include <xlocale.h>
#endif
#endif

#include "nn/core/scalar.hpp"

/// std::from_chars for float and double, which some standard libraries lack: libc++ before 20 is
/// one. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

#ifdef __cpp_lib_to_chars
using std::from_chars;
#else
/// The end of the words for what is not finite, or of the digits, that begin at `first`; `first` if
/// there is no number.
inline const char* end_of_number(const char* first, const char* last) {
  const auto after_digits = [last](const char* p) {
    return std::find_if_not(p, last, [](char c) { return c >= '0' && c <= '9'; });
  };
  const char* begin = first != last && *first == '-' ? first + 1 : first;
  for (std::string_view word : {"infinity", "inf", "nan"})
    if (last - begin >= std::ssize(word) &&
        std::equal(word.begin(), word.end(), begin, [](char a, char b) { return a == (b | 32); }))
      return begin + word.size();
  const char* end = after_digits(begin);
  std::ptrdiff_t digits = end - begin;
  if (end != last && *end == '.') {
    const char* point = end;
    end = after_digits(point + 1);
    digits += end - (point + 1);
  }
  if (digits == 0) return first;
  if (end == last || (*end | 32) != 'e') return end;
  const char* exponent = end + 1;
  if (exponent != last && (*exponent == '+' || *exponent == '-')) ++exponent;
  const char* after = after_digits(exponent);
  return after == exponent ? end : after;
}

/// By the C library, which rounds correctly too, in the "C" locale. What is too small becomes 0.
template <class Real>
std::from_chars_result from_chars(const char* first, const char* last, Real& value) {
  static const locale_t plain = ::newlocale(LC_ALL_MASK, "C", nullptr);
  const char* end = end_of_number(first, last);
  if (end == first) return {first, std::errc::invalid_argument};
  const std::string text(first, end);
  Real result;
  if constexpr (std::is_same_v<Real, float>)
    result = ::strtof_l(text.c_str(), nullptr, plain);
  else
    result = ::strtod_l(text.c_str(), nullptr, plain);
  const bool is_word = (end[-1] | 32) == 'f' || (end[-1] | 32) == 'y';
  if (std::isinf(result) && !is_word) return {end, std::errc::result_out_of_range};
  value = result;
  return {end, std::errc()};
}
#endif

}}}  // namespace nn::NN_PRECISION::detail
