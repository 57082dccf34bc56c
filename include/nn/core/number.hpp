#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

/// Numbers as text, with a decimal point in every locale.
namespace nn { inline namespace NN_PRECISION {

/// The shortest text that reads back as the same number: "0.1", "1234567", "1e-40", "-0", "inf",
/// "-inf", "nan".
std::string to_text(float value);
std::string to_text(double value);

/// The text as a number, correctly rounded; nothing if the whole text is not a number. Signs,
/// "inf" and "nan" are allowed, blanks are not. A number too small for Real becomes 0 or the
/// nearest subnormal; one too large for Real is refused. Real is float or double.
template <class Real = Scalar>
std::optional<Real> parse_number(std::string_view text);

}}  // namespace nn::NN_PRECISION
