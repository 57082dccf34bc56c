#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <vector>

#include "nn/core/scalar.hpp"

/// Text that programs write and read back: words between single blanks. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

inline std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  for (;;) {
    const std::size_t end = text.find(' ');
    found.push_back(text.substr(0, end));
    if (end == text.npos) return found;
    text.remove_prefix(end + 1);
  }
}

/// Nothing unless the whole text is digits, behind a minus sign for a negative number, and Integer
/// holds the number. One number has one text: no zeros before it.
template <std::integral Integer>
std::optional<Integer> whole_number(std::string_view text) {
  Integer number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return {};
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.starts_with('0') && text != "0") return {};
  return number;
}

}}}  // namespace nn::NN_PRECISION::detail
