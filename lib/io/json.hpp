#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// A JSON value (RFC 8259). Numbers keep their text, so that none is rounded; objects keep their
/// order. Private to lib/.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;  // null
  Json(bool value) : value_(value) {}
  Json(Index value) : value_(Number{std::to_string(value)}) {}
  /// A number, or null if it is not finite.
  Json(double value);
  Json(const char* text) : value_(std::string(text)) {}
  Json(std::string text) : value_(std::move(text)) {}
  Json(Array items) : value_(std::move(items)) {}
  Json(Object members) : value_(std::move(members)) {}

  /// DataError, "name: byte 12: expected ...", unless the text is one JSON value: also for a key
  /// that comes twice, for text that is not UTF-8 and for more than 256 levels.
  static Json parse(std::string_view text, const std::string& name);
  /// On one line. Strings are UTF-8.
  std::string dump() const;

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }

  /// What it is; DataError, "expected a number, got ...", if it is another thing.
  bool boolean() const;
  double number() const;
  Index whole_number() const;
  const std::string& string() const;
  const Array& array() const;
  const Object& object() const;
  std::vector<std::string> strings() const;

  /// An object's member; DataError if there is none of that name.
  const Json& at(std::string_view key) const;
  /// nullptr if there is none.
  const Json* find(std::string_view key) const;

 private:
  friend class JsonParser;
  struct Number {
    std::string text;
  };

  template <class Type>
  const Type& as(const char* expected) const;

  std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

}}}  // namespace nn::NN_PRECISION::detail
