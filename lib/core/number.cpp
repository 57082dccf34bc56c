#include "nn/core/number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/decimal.hpp"
#include "core/from_chars.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

template <class Real>
std::string shortest(Real value) {
  if (std::isnan(value)) return "nan";  // to_chars would write its sign
  char buffer[32];                      // the longest double takes 24
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

/// Whether a number out of range is too small, not too large. The power of ten of its first digit
/// decides.
bool is_tiny(std::string_view number) {
  auto e = std::min(number.find_first_of("eE"), number.size());
  auto mantissa = number.substr(0, e), exponent_text = number.substr(e);
  auto first = mantissa.find_first_of("123456789");
  auto point = std::min(mantissa.find('.'), mantissa.size());
  std::int64_t exponent = 0;
  if (!exponent_text.empty()) {
    exponent_text.remove_prefix(
        exponent_text.starts_with("e+") || exponent_text.starts_with("E+") ? 2 : 1);
    auto result = std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(),
                                  exponent);
    if (result.ec != std::errc()) return exponent_text.starts_with('-');
  }
  auto before_point = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  return exponent < -before_point;
}

}  // namespace

std::string to_text(float value) { return shortest(value); }
std::string to_text(double value) { return shortest(value); }

template <class Real>
const char* detail::read_any_number(const char* first, const char* last, Real& value) {
  auto [end, error] = from_chars(first, last, value);
  if (error == std::errc()) return end;
  std::string_view number(first, static_cast<std::size_t>(end - first));
  if (error != std::errc::result_out_of_range || !is_tiny(number)) return nullptr;
  value = *first == '-' ? Real(-0.0) : Real(0);
  return end;
}

template const char* detail::read_any_number(const char*, const char*, float&);
template const char* detail::read_any_number(const char*, const char*, double&);

template <class Real>
std::optional<Real> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  Real value;
  const char* last = text.data() + text.size();
  if (detail::read_number(text.data(), last, value) != last || text.empty()) return std::nullopt;
  return value;
}

template std::optional<float> parse_number(std::string_view);
template std::optional<double> parse_number(std::string_view);

}}  // namespace nn::NN_PRECISION
