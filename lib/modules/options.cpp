#include "nn/modules/options.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

template <class Numbers>
std::string json_list(const Numbers& numbers) {
  std::string text;
  for (Index number : numbers) text += (text.empty() ? "[" : ", ") + std::to_string(number);
  return text.empty() ? "[]" : text + "]";
}

[[noreturn]] void reject(std::string_view name, const std::string& text, const char* expected) {
  throw ArgumentError("option " + std::string(name) + ": expected " + expected + ", got " + text);
}

Index whole_number(std::string_view name, const std::string& text, const char* expected) {
  const auto number = parse_number<double>(text);
  if (!number || std::abs(*number) > 0x1p53 || *number != std::floor(*number))
    reject(name, text, expected);
  return static_cast<Index>(*number);
}

/// The numbers of "[3, 2]".
std::vector<Index> whole_numbers(std::string_view name, const std::string& text,
                                 const char* expected) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') reject(name, text, expected);
  std::vector<std::string> items;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (items.empty() || text[i] == ',') items.emplace_back();
    if (text[i] != ',' && text[i] != ' ') items.back() += text[i];
  }
  std::vector<Index> numbers;
  for (const std::string& item : items) numbers.push_back(whole_number(name, item, expected));
  return numbers;
}

}  // namespace

Option Option::from_json(std::string name, std::string value) {
  Option option;
  option.name = std::move(name);
  option.value = std::move(value);
  return option;
}

std::string Option::to_json(bool value) { return value ? "true" : "false"; }
std::string Option::to_json(Index value) { return std::to_string(value); }
std::string Option::to_json(float value) { return to_text(value); }
std::string Option::to_json(double value) { return to_text(value); }
std::string Option::to_json(const Size2& value) {
  if (value.height == value.width) return to_json(value.height);
  return json_list(std::vector<Index>{value.height, value.width});
}
std::string Option::to_json(const Shape& value) { return json_list(value); }

const Option* Options::find(std::string_view name) const {
  for (const Option& option : options_)
    if (option.name == name) return &option;
  return nullptr;
}

const std::string& Options::text(std::string_view name) const {
  if (const Option* option = find(name)) return option->value;
  throw ArgumentError("option " + std::string(name) + " is missing");
}

template <>
bool Options::get<bool>(std::string_view name) const {
  const std::string& value = text(name);
  if (value != "true" && value != "false") reject(name, value, "true or false");
  return value == "true";
}

template <>
Index Options::get<Index>(std::string_view name) const {
  return whole_number(name, text(name), "a whole number");
}

template <>
double Options::get<double>(std::string_view name) const {
  const auto number = parse_number<double>(text(name));
  if (!number) reject(name, text(name), "a number");
  return *number;
}

template <>
Size2 Options::get<Size2>(std::string_view name) const {
  constexpr const char* expected = "a whole number or [height, width]";
  const std::string& value = text(name);
  if (!value.starts_with('[')) return whole_number(name, value, expected);
  const std::vector<Index> sizes = whole_numbers(name, value, expected);
  if (sizes.size() != 2) reject(name, value, expected);
  return {sizes[0], sizes[1]};
}

template <>
Shape Options::get<Shape>(std::string_view name) const {
  return Shape(std::span<const Index>(whole_numbers(name, text(name), "[size, ...]")));
}

}}  // namespace nn::NN_PRECISION
