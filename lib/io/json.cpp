#include "io/json.hpp"

#include <cmath>
#include <set>

#include "io/json_scanner.hpp"
#include "io/utf8.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

constexpr int kLevels = 256;

}  // namespace

/// Reads one value after the other.
class JsonParser {
 public:
  JsonParser(std::string_view text, const std::string& name) : scan_(text, name) {}

  Json document() {
    Json json = value(0);
    scan_.expect_end();
    return json;
  }

 private:
  Json value(int level) {
    if (level > kLevels) scan_.fail("at most " + std::to_string(kLevels) + " levels");
    switch (scan_.peek()) {
      case '{':
        return object(level);
      case '[':
        return array(level);
      case '"':
        return scan_.string();
      case 't':
        scan_.word("true");
        return true;
      case 'f':
        scan_.word("false");
        return false;
      case 'n':
        scan_.word("null");
        return {};
      default:
        Json json;
        json.value_ = Json::Number{scan_.number_text()};
        return json;
    }
  }

  Json object(int level) {
    Json::Object members;
    std::set<std::string> keys;
    scan_.list('{', '}', [&] {
      std::string key = scan_.string();
      if (!keys.insert(key).second) scan_.fail("each key once");
      scan_.expect(':');
      members.emplace_back(std::move(key), value(level + 1));
    });
    return members;
  }

  Json array(int level) {
    Json::Array items;
    scan_.list('[', ']', [&] { items.push_back(value(level + 1)); });
    return items;
  }

  JsonScanner scan_;
};

Json::Json(double value) {
  if (std::isfinite(value)) value_ = Number{to_text(value)};
}

Json Json::parse(std::string_view text, const std::string& name) {
  if (const std::size_t byte = find_invalid_utf8(text); byte != text.npos)
    throw DataError(name + ": byte " + std::to_string(byte) + " is not UTF-8");
  return JsonParser(text, name).document();
}

std::string Json::dump() const {
  if (const auto* truth = std::get_if<bool>(&value_)) return *truth ? "true" : "false";
  if (const auto* number = std::get_if<Number>(&value_)) return number->text;
  if (const auto* text = std::get_if<std::string>(&value_)) return json_quoted(*text);
  if (is_null()) return "null";
  std::string all;
  if (const auto* items = std::get_if<Array>(&value_)) {
    for (const Json& item : *items) all += (all.empty() ? "[" : ", ") + item.dump();
    return all.empty() ? "[]" : all + "]";
  }
  for (const auto& [key, member] : object())
    all += (all.empty() ? "{" : ", ") + json_quoted(key) + ": " + member.dump();
  return all.empty() ? "{}" : all + "}";
}

template <class Type>
const Type& Json::as(const char* expected) const {
  if (const auto* value = std::get_if<Type>(&value_)) return *value;
  throw DataError(std::string("expected ") + expected + ", got " + dump().substr(0, 80));
}

bool Json::boolean() const { return as<bool>("true or false"); }

double Json::number() const {
  const auto value = parse_number<double>(as<Number>("a number").text);
  if (!value) throw DataError("expected a number, got " + dump());
  return *value;
}

Index Json::whole_number() const {
  const double value = number();
  if (std::abs(value) > 0x1p53 || value != std::floor(value))
    throw DataError("expected a whole number, got " + dump());
  return static_cast<Index>(value);
}

const std::string& Json::string() const { return as<std::string>("a string"); }
const Json::Array& Json::array() const { return as<Array>("a list"); }
const Json::Object& Json::object() const { return as<Object>("an object"); }

std::vector<std::string> Json::strings() const {
  std::vector<std::string> all;
  for (const Json& item : array()) all.push_back(item.string());
  return all;
}

const Json* Json::find(std::string_view key) const {
  for (const auto& [name, member] : object())
    if (name == key) return &member;
  return nullptr;
}

const Json& Json::at(std::string_view key) const {
  if (const Json* member = find(key)) return *member;
  throw DataError("there is no " + json_quoted(key));
}

}}}  // namespace nn::NN_PRECISION::detail
