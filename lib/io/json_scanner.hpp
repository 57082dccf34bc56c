#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Reads UTF-8 JSON text piece by piece. Anything unexpected is a DataError that names the path and
/// the byte. Private to lib/.
class JsonScanner {
 public:
  JsonScanner(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  /// Skips white space, and the next character if it is c. Returns whether it was.
  bool accept(char c);
  void expect(char c);
  /// The next character after white space, NUL at the end.
  char peek();
  void word(std::string_view word);
  std::string string();
  /// From 0 to 2^63 - 1.
  Index number();
  /// Any number, as it stands.
  std::string number_text();
  /// Fails unless only white space is left.
  void expect_end();

  /// Calls item() for each of the elements between the brackets, separated by commas.
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

/// UTF-8 text as a JSON string, with its quotes.
std::string json_quoted(std::string_view text);

}}}  // namespace nn::NN_PRECISION::detail
