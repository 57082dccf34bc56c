#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

/// Gzip-compressed files. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Whether a file's bytes begin as a gzip file does.
inline bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

/// Unpacks a gzip file (RFC 1951, RFC 1952). DataError, naming the path, unless it is right to the
/// last byte, its checksum included. Zeros at the end are ignored. Stops after `most` bytes; what
/// would follow is not looked at.
std::string gunzip(const std::string& path, std::string_view bytes, std::size_t most);

/// The most bytes that one byte can unpack to: 258 for every 2 bits (RFC 1951, 3.2.5).
constexpr std::size_t gzip_ratio = 1032;

}}}  // namespace nn::NN_PRECISION::detail
