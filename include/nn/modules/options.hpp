#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/core/shape.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What a constructor may be given: a flag, a whole number, a number, {height, width}, a shape.
template <class Type>
concept OptionType = std::same_as<Type, bool> || std::same_as<Type, Index> ||
    std::floating_point<Type> || std::same_as<Type, Size2> || std::same_as<Type, Shape>;

/// One of a module's options, its value as JSON: true, 3, 0.01, [3, 2].
struct Option {
  /// One that must be given.
  template <OptionType Type>
  Option(std::string name_, const Type& value_) : name(std::move(name_)), value(to_json(value_)) {}
  /// One that need not be given.
  template <OptionType Type>
  Option(std::string name_, const Type& value_, const Type& usual)
      : Option(std::move(name_), value_) {
    is_optional = true;
    is_usual = value == to_json(usual);
  }

  /// From a file; the value is JSON.
  static Option from_json(std::string name, std::string value);

  std::string name, value;
  bool is_optional = false;  // whether it need not be given
  bool is_usual = false;     // whether the value is what it is without being given

 private:
  Option() = default;
  static std::string to_json(bool value);
  static std::string to_json(Index value);
  static std::string to_json(float value);
  static std::string to_json(double value);
  static std::string to_json(const Size2& value);
  static std::string to_json(const Shape& value);
};

/// The options of a module, in the order of its constructor's arguments.
class Options {
 public:
  Options() = default;
  Options(std::initializer_list<Option> options) : options_(options) {}

  /// Adds the last one.
  void append(Option option) { options_.push_back(std::move(option)); }

  /// The options in their order.
  auto begin() const { return options_.begin(); }
  auto end() const { return options_.end(); }

  /// An option's value. ArgumentError if it is missing or of another type. T is bool, Index,
  /// double, Size2 or Shape.
  template <OptionType Type>
  Type get(std::string_view name) const;
  /// The same, or `usual` if it is missing.
  template <OptionType Type>
  Type get(std::string_view name, const Type& usual) const {
    return find(name) ? get<Type>(name) : usual;
  }

 private:
  const Option* find(std::string_view name) const;
  const std::string& text(std::string_view name) const;

  std::vector<Option> options_;
};

/// Of each type that an option may have.
template <>
bool Options::get<bool>(std::string_view name) const;
template <>
Index Options::get<Index>(std::string_view name) const;
template <>
double Options::get<double>(std::string_view name) const;
template <>
Size2 Options::get<Size2>(std::string_view name) const;
template <>
Shape Options::get<Shape>(std::string_view name) const;

}}  // namespace nn::NN_PRECISION
