#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "io/descriptor.hpp"
#include "io/file_errors.hpp"
#include "io/gunzip.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// The file's size as the system reports it: a guess for pipes and for files that grow.
std::size_t expected_size(const detail::Descriptor& file, const std::string& path) {
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) detail::fail_file(path, "cannot be read", errno);
  if (S_ISDIR(info.st_mode)) throw DataError(path + ": expected a file, this is a folder");
  return static_cast<std::size_t>(std::max<off_t>(info.st_size, 0));
}

std::string read_to_end(const detail::Descriptor& file, const std::string& path) {
  // One byte more, so that the read that finds the end has room.
  std::string bytes(expected_size(file, path) + 1, '\0');
  std::size_t used = 0;
  for (;;) {
    if (used == bytes.size()) bytes.resize(2 * used + 4096);
    auto got = ::read(file.number(), bytes.data() + used, bytes.size() - used);
    if (got == 0) break;
    if (got > 0) used += static_cast<std::size_t>(got);
    if (got < 0 && errno != EINTR) detail::fail_file(path, "cannot be read", errno);
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

std::string read_file(const std::string& path) {
  detail::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) detail::fail_file(path, "cannot be opened", errno);
  return detail::read_within_memory(path, [&] { return read_to_end(file, path); });
}

std::string read_unpacked(const std::string& path) {
  std::string bytes = read_file(path);
  if (!detail::is_gzip(bytes)) return bytes;
  return detail::read_within_memory(path, [&] { return detail::gunzip(path, bytes); });
}

std::string read_text(const std::string& path) {
  std::string text = read_unpacked(path);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  return text;
}

}}  // namespace nn::NN_PRECISION
