#include "onnx/formula.hpp"

#include <algorithm>
#include <cmath>

#include "core/from_chars.hpp"
#include "nn/core/number.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

std::string joined(const std::vector<std::string>& parts, char sign) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(1, sign)) + part;
  return text;
}

std::string in_parentheses(const std::string& inside) {
  std::string text = "(";
  text += inside;
  return text += ')';
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
  std::sort(to.begin(), to.end());
}

/// The number that the text begins with, which is removed; nothing if it begins with none.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] = detail::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool are_close(double a, double b) { return std::abs(a - b) <= 1e-4 * std::abs(b); }

}  // namespace

Formula Formula::number(double value) {
  Formula result;
  result.number_ = value;
  return result;
}

Formula Formula::factor(const std::string& text) {
  Formula result;
  result.factors_ = {text};
  return result;
}

Formula Formula::call(const std::string& f, const std::vector<Formula>& arguments) {
  std::vector<std::string> texts;
  for (const Formula& argument : arguments) texts.push_back(argument.text());
  return factor(f + in_parentheses(joined(texts, ',')));
}

/// A sum is one factor.
std::vector<std::string> Formula::factors() const {
  return terms_.empty() ? factors_ : std::vector<std::string>{in_parentheses(text())};
}

Formula operator*(const Formula& a, const Formula& b) {
  Formula result;
  result.number_ = (a.terms_.empty() ? a.number_ : 1) * (b.terms_.empty() ? b.number_ : 1);
  result.factors_ = a.factors();
  append(result.factors_, b.factors());
  return result;
}

Formula operator+(const Formula& a, const Formula& b) {
  Formula result = Formula::number(0);
  for (const Formula* part : {&a, &b}) {
    const bool is_product = part->terms_.empty() && !part->is_number();
    if (!is_product) result.number_ += part->number_;
    append(result.terms_, is_product ? std::vector<std::string>{part->text()} : part->terms_);
  }
  return result;
}

Formula Formula::inverse() const {
  if (is_number()) return number(1 / number_);
  const bool is_product = terms_.empty() && (number_ != 1 || factors_.size() > 1);
  std::string text = "/";
  text += is_product ? in_parentheses(this->text()) : joined(factors(), '*');
  return factor(text);
}

std::string Formula::text() const {
  if (is_number()) return to_text(number_);
  std::vector<std::string> parts = terms_.empty() ? factors_ : terms_;
  if (number_ != (terms_.empty() ? 1 : 0)) parts.insert(parts.begin(), to_text(number_));
  return joined(parts, terms_.empty() ? '*' : '+');
}

std::optional<std::vector<double>> match(std::string_view text, std::string_view pattern) {
  std::vector<double> numbers;
  while (!text.empty() && !pattern.empty()) {
    if (pattern[0] == '#') {
      const auto number = take_number(text);
      if (!number) return {};
      numbers.push_back(*number);
      pattern.remove_prefix(1);
    } else if (const auto expected = take_number(pattern)) {
      const auto number = take_number(text);
      if (!number || !are_close(*number, *expected)) return {};
    } else {
      if (text[0] != pattern[0]) return {};
      text.remove_prefix(1);
      pattern.remove_prefix(1);
    }
  }
  if (!text.empty() || !pattern.empty()) return {};
  return numbers;
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
