#include "io/json_scanner.hpp"

#include <algorithm>
#include <charconv>

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

void append_utf8(std::string& text, unsigned code) {
  auto byte = [&](unsigned value) { text += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

}  // namespace

void JsonScanner::fail(const std::string& expected) const {
  throw DataError(path_ + ": byte " + std::to_string(position_) + ": expected " + expected);
}

void JsonScanner::skip_space() {
  while (position_ < text_.size() &&
         std::string_view(" \t\r\n").find(text_[position_]) != std::string_view::npos)
    ++position_;
}

bool JsonScanner::accept(char c) {
  skip_space();
  if (position_ == text_.size() || text_[position_] != c) return false;
  ++position_;
  return true;
}

void JsonScanner::expect(char c) {
  if (!accept(c)) fail(std::string("'") + c + "'");
}

char JsonScanner::peek() {
  skip_space();
  return position_ < text_.size() ? text_[position_] : '\0';
}

void JsonScanner::word(std::string_view word) {
  if (text_.substr(position_, word.size()) != word) fail(std::string(word));
  position_ += word.size();
}

void JsonScanner::expect_end() {
  skip_space();
  if (position_ != text_.size()) fail("the end");
}

Index JsonScanner::number() {
  skip_space();
  Index value = 0;
  const char *begin = text_.data() + position_, *end = text_.data() + text_.size();
  auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || *begin == '-' || (*begin == '0' && stop - begin > 1))
    fail("a whole number");
  position_ += static_cast<std::size_t>(stop - begin);
  return value;
}

/// [-] digits [. digits] [e [+-] digits], without zeros before the digits.
std::string JsonScanner::number_text() {
  skip_space();
  const std::size_t begin = position_;
  auto skip = [&](std::string_view any) {
    const bool found = position_ < text_.size() && any.find(text_[position_]) != any.npos;
    position_ += found;
    return found;
  };
  auto digits = [&] {
    if (!skip("0123456789")) fail("a value");
    while (skip("0123456789")) {
    }
  };
  skip("-");
  if (!skip("0")) digits();
  if (skip(".")) digits();
  if (skip("eE")) {
    skip("+-");
    digits();
  }
  return std::string(text_.substr(begin, position_ - begin));
}

std::string JsonScanner::string() {
  if (!accept('"')) fail("a string");
  std::string result;
  for (; position_ < text_.size(); ++position_) {
    char c = text_[position_];
    if (c == '"') {
      ++position_;
      return result;
    }
    if (static_cast<unsigned char>(c) < 0x20) fail("a string without control characters");
    if (c == '\\')
      append_escape(result);
    else
      result += c;
  }
  fail("the end of a string");
}

/// At a backslash; leaves position_ on the escape's last character.
void JsonScanner::append_escape(std::string& result) {
  constexpr std::string_view names = "\"\\/bfnrt", values = "\"\\/\b\f\n\r\t";
  char c = ++position_ < text_.size() ? text_[position_] : '\0';
  if (std::size_t i = names.find(c); c != '\0' && i != std::string_view::npos) {
    result += values[i];
  } else if (c == 'u') {
    unsigned code = hex4();
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(position_ + 1, 2) == "\\u") {
      position_ += 2;
      unsigned low = hex4();
      if (low < 0xdc00 || low >= 0xe000) fail("the second half of a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code >= 0xd800 && code < 0xe000) fail("a surrogate pair");
    append_utf8(result, code);
  } else {
    fail("an escape");
  }
}

/// The four digits after position_; leaves it on the last of them.
unsigned JsonScanner::hex4() {
  unsigned code = 0;
  std::string_view digits = text_.substr(std::min(position_ + 1, text_.size()), 4);
  auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (error != std::errc() || digits.size() != 4 || stop != digits.data() + 4)
    fail("four hexadecimal digits");
  position_ += 4;
  return code;
}

std::string json_quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr char hex[] = "0123456789abcdef";
      result += "\\u00";
      result += hex[c >> 4];
      result += hex[c & 15];
    } else {
      result += c;
    }
  }
  return result + '"';
}

}}}  // namespace nn::NN_PRECISION::detail
