#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

namespace nn::inline NN_PRECISION {

/// The whole file, byte for byte. DataError, naming the path, if it is missing, a folder, or cannot
/// be read to its end.
std::string read_file(const std::string& path);

/// The same, unpacked if the file is gzip-compressed, whatever its name: it is if it begins with
/// the bytes 1f 8b. DataError if such a file is damaged.
std::string read_unpacked(const std::string& path);

/// The same for text: a UTF-8 byte order mark is dropped.
std::string read_text(const std::string& path);

/// Writes the file whole or not at all: to a new file in the same folder, synchronised with the
/// disk and then renamed. When anything fails (no such folder, disk full, file-size limit) the new
/// file is removed, an earlier file of that name stays as it was, and DataError is thrown. An
/// earlier file's mode is kept. A link is followed, also to a file that is not there yet; a device
/// or a pipe is written to directly, with DataError if nobody reads it any more.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace nn::inline NN_PRECISION
