#pragma once

#include <filesystem>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "io/utf8.hpp"
#include "nn/core/error.hpp"
#include "nn/core/shape.hpp"

/// Errors about files. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Throws DataError "path: what (the system's reason)".
[[noreturn]] inline void fail_file(const std::string& path, const std::string& what, int error) {
  throw DataError(path + ": " + what + " (" + std::generic_category().message(error) + ")");
}
[[noreturn]] inline void fail_file(const std::string& path, const std::string& what,
                                   const std::error_code& error) {
  throw DataError(path + ": " + what + " (" + error.message() + ")");
}

/// The path as the system has it; it is UTF-8 where that makes a difference, on Windows. DataError
/// if it has a NUL byte, where the system's functions would cut it.
inline std::filesystem::path system_path(const std::string& path) {
  const auto cut = path.find('\0');
  if (cut == std::string::npos) return std::u8string(path.begin(), path.end());
  throw DataError(path.substr(0, cut) + "\\0...: the path has a NUL byte");
}

/// The shape that a file gives; DataError for sizes that no Shape has.
inline Shape shape_from_file(const std::string& path, std::span<const Index> sizes) {
  try {
    return Shape(sizes);
  } catch (const ShapeError& error) {
    throw DataError(path + ": " + error.what());
  }
}

/// Returns read(). Running out of memory in it becomes a DataError that names the path.
template <class Read>
auto read_within_memory(const std::string& path, Read read) {
  try {
    return read();
  } catch (const std::bad_alloc&) {
  } catch (const std::length_error&) {
  } catch (const RangeError&) {  // of a tensor
  }
  throw DataError(path + ": does not fit in memory");
}

}}}  // namespace nn::NN_PRECISION::detail
