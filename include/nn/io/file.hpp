#pragma once

#include <string>
#include <string_view>

#include "nn/core/scalar.hpp"

/// Whole files. Several threads may call these functions at once, for the same file too. A path
/// with a NUL byte is a DataError.
namespace nn { inline namespace NN_PRECISION {

/// The most bytes that any reader of the library takes from one file, as it is and unpacked. A file
/// that gives more is a DataError. So a small gzip file that unpacks to terabytes, a pipe or a
/// device without end cannot fill the memory. 0, the default, stands for 256 MiB or 20 times the
/// size of the file, whichever is more: a plain file is always read. The limit is the process's.
/// Tensors and tables made of the bytes take up to 8 times as much memory; a table of text that
/// would take more is a DataError too.
Index read_limit();

/// Sets read_limit(). RangeError for a number below 0.
void set_read_limit(Index bytes);

/// The whole file, byte for byte. DataError, naming the path, if it is missing, a folder, larger
/// than read_limit(), or cannot be read to its end.
std::string read_file(const std::string& path);

/// The same, unpacked if the file is gzip-compressed. The first bytes tell, 1f 8b, not the name.
/// DataError if such a file is damaged or unpacks to more than read_limit().
std::string read_unpacked(const std::string& path);

/// The same for text: a UTF-8 byte order mark is dropped.
std::string read_text(const std::string& path);

/// Writes the file whole or not at all: a new file in the same folder is synchronised with the disk
/// and renamed. If anything fails (no such folder, disk full, file-size limit), the new file is
/// removed, an existing file of that name stays as it was, and DataError is thrown. An existing
/// file's mode is kept. A link is followed, even to a file that does not exist. A device or a pipe
/// is written to directly; DataError if the pipe has no reader.
void write_file(const std::string& path, std::string_view bytes);

/// Adds bytes to the end of a file, which is made if there is none. They are the system's when this
/// returns, so that they survive the end of the process. DataError if that fails.
void append_to_file(const std::string& path, std::string_view bytes);

}}  // namespace nn::NN_PRECISION
