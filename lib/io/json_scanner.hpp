#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

namespace nn::inline NN_PRECISION::detail {

/// Walks through JSON text of a form known beforehand: objects, strings, arrays and whole numbers.
/// What is not there as expected is a DataError that names the path and the byte. Private to lib/.
class JsonScanner {
 public:
  JsonScanner(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  /// Whether the next character, behind white space, is this one; takes it if so.
  bool accept(char c);
  void expect(char c);
  std::string string();
  /// From 0 to 2^63 - 1.
  Index number();
  /// Nothing but white space is left.
  void expect_end();

  /// Calls item() for each element between the brackets, which are separated by commas.
  template <class Item>
  void list(char open, char close, Item&& item) {
    expect(open);
    if (accept(close)) return;
    do item();
    while (accept(','));
    expect(close);
  }

  [[noreturn]] void fail(const std::string& expected) const;

 private:
  void skip_space();
  void append_escape(std::string& result);
  unsigned hex4();

  std::string_view text_;
  const std::string& path_;
  std::size_t position_ = 0;
};

/// The text as a JSON string, quotes and all.
std::string json_quoted(std::string_view text);

}  // namespace nn::inline NN_PRECISION::detail
