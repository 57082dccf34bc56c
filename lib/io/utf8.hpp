#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

/// Text in UTF-8. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The first byte that does not belong to a well-formed character (Unicode 15, table 3-7); npos if
/// all do. Overlong forms, surrogates and what lies beyond U+10FFFF are not well-formed.
std::size_t find_invalid_utf8(std::string_view text);

/// Text from a file, for a message: in quotes, cut at 40 characters, with "?" for control
/// characters and for bytes that are not UTF-8.
std::string in_quotes(std::string_view text);

}}}  // namespace nn::NN_PRECISION::detail
