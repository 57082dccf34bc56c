#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nn/core/scalar.hpp"

/// Formulas of x as text, so that what exporters write node by node can be recognised. Private to
/// lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

/// A product has its number first and then its factors in the order of their text, a sum has its
/// number and its terms so: 0.5*(1+erf(0.7071067811865475*x))*x.
class Formula {
 public:
  static Formula number(double value);
  static Formula x() { return factor("x"); }
  /// f(a), f(a,b), ...
  static Formula call(const std::string& f, const std::vector<Formula>& arguments);

  friend Formula operator+(const Formula& a, const Formula& b);
  friend Formula operator*(const Formula& a, const Formula& b);
  /// 1 / a; what is no number is the factor "/a".
  Formula inverse() const;
  bool is_number() const { return factors_.empty() && terms_.empty(); }
  double number() const { return number_; }
  std::string text() const;

 private:
  static Formula factor(const std::string& text);
  std::vector<std::string> factors() const;

  double number_ = 1;                 // times the factors, or plus the terms
  std::vector<std::string> factors_;  // of a product,
  std::vector<std::string> terms_;    // or the terms of a sum
};

/// Whether the text is the pattern, with numbers that agree to 1e-4. "#" stands for any number;
/// these are returned.
std::optional<std::vector<double>> match(std::string_view text, std::string_view pattern);

}}}}  // namespace nn::NN_PRECISION::detail::onnx
