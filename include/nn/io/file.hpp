#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

/// Whole files. Several threads may call these functions at once, for the same file too.
namespace nn { inline namespace NN_PRECISION {

/// The whole file, byte for byte. DataError, naming the path, if it is missing, a folder, or cannot
/// be read to its end.
std::string read_file(const std::string& path);

/// The same, unpacked if the file is gzip-compressed. The first bytes tell, 1f 8b, not the name.
/// DataError if such a file is damaged.
std::string read_unpacked(const std::string& path);

/// The same for text: a UTF-8 byte order mark is dropped.
std::string read_text(const std::string& path);

/// Writes the file whole or not at all: a new file in the same folder is synchronised with the disk
/// and renamed. If anything fails (no such folder, disk full, file-size limit), the new file is
/// removed, an existing file of that name stays as it was, and DataError is thrown. An existing
/// file's mode is kept. A link is followed, even to a file that does not exist. A device or a pipe
/// is written to directly; DataError if the pipe has no reader.
void write_file(const std::string& path, std::string_view bytes);

}}  // namespace nn::NN_PRECISION
