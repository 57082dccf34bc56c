#include "io/utf8.hpp"

#include <algorithm>

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// How many bytes the first character has; 0 if it is not well-formed.
std::size_t utf8_size(std::string_view text) {
  auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  unsigned code = first & (0xffu >> (size + 1));
  bool valid = first >= 0xc2 && first <= 0xf4;
  for (std::size_t k = 1; k < size; ++k) {
    valid = valid && (byte(k) & 0xc0) == 0x80;
    code = code << 6 | (byte(k) & 0x3f);
  }
  valid = valid && code >= (size == 4 ? 0x10000u : size == 3 ? 0x800u : 0x80u);
  return valid && code <= 0x10ffff && (code < 0xd800 || code >= 0xe000) ? size : 0;
}

/// U+0000 to U+001F and U+007F to U+009F.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 2 && first == 0xc2)
    return static_cast<unsigned char>(character[1]) < 0xa0;
  return first < 0x20 || first == 0x7f;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = utf8_size(text.substr(i));
    if (size == 0) return i;
    i += size;
  }
  return text.npos;
}

std::string in_quotes(std::string_view text) {
  constexpr int longest = 40;
  std::string result = "'";
  int characters = 0;
  for (std::size_t i = 0; i < text.size(); ++characters) {
    if (characters == longest) return result + "...'";
    const std::size_t size = utf8_size(text.substr(i));
    if (size == 0 || is_control(text.substr(i, size)))
      result += '?';
    else
      result += text.substr(i, size);
    i += std::max<std::size_t>(size, 1);
  }
  return result + "'";
}

}}}  // namespace nn::NN_PRECISION::detail
