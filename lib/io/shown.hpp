#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

namespace nn::inline NN_PRECISION::detail {

/// A piece of a file as error messages show it: in quotes, cut at 40 characters, with "?" for bytes
/// that are not printable ASCII. Private to lib/.
inline std::string shown(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string result = "'";
  for (char c : text.substr(0, longest)) result += c >= ' ' && c <= '~' ? c : '?';
  return result + (text.size() > longest ? "...'" : "'");
}

}  // namespace nn::inline NN_PRECISION::detail
