#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

/// Gzip-compressed files. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Whether a file's bytes begin as a gzip file does.
inline bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

/// Unpacks a gzip file (RFC 1951, RFC 1952). DataError, naming the path, unless it is right to the
/// last byte, its checksum included. Zeros at the end are ignored.
std::string gunzip(const std::string& path, std::string_view bytes);

}}}  // namespace nn::NN_PRECISION::detail
