#pragma once

#include <cstddef>
#include <string>

#include "nn/core/scalar.hpp"

/// What read_limit() means for one file. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The most bytes that are read from a file of this size, or unpacked from it.
std::size_t read_limit_of(std::size_t file_size);

/// The most memory that a table made of the file at that path may take.
std::size_t table_limit_of(const std::string& path);

/// Throws DataError "path: takes more than ... bytes".
[[noreturn]] void fail_beyond_limit(const std::string& path, std::size_t limit);

}}}  // namespace nn::NN_PRECISION::detail
