#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <limits>

#include "io/descriptor.hpp"
#include "io/file_errors.hpp"
#include "io/gunzip.hpp"
#include "io/read_limit.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

std::atomic<Index> limit_of_process{0};

constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();

/// The same number, or the highest that this CPU's addresses know.
std::size_t to_size(std::uintmax_t bytes) {
  return static_cast<std::size_t>(std::min<std::uintmax_t>(bytes, kMost));
}

/// The file's size as the system reports it: a guess for files that grow, 0 for pipes.
std::size_t expected_size(const std::string& path) {
  std::error_code unknown;
  const std::uintmax_t size = std::filesystem::file_size(detail::system_path(path), unknown);
  return unknown ? 0 : to_size(size);
}

std::string read_to_end(const detail::Descriptor& file, const std::string& path) {
  const std::size_t size = expected_size(path), limit = detail::read_limit_of(size);
  if (size > limit) detail::fail_beyond_limit(path, limit);
  // One byte more, so that the read that finds the end has room.
  std::string bytes(size + 1, '\0');
  std::size_t used = 0;
  for (;;) {
    if (used > limit) detail::fail_beyond_limit(path, limit);
    if (used == bytes.size()) bytes.resize(std::min(2 * used + 4096, limit + 1));
    const auto got = file.read(bytes.data() + used, bytes.size() - used);
    if (got < 0) detail::fail_file(path, "cannot be read", errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

Index read_limit() { return limit_of_process; }

void set_read_limit(Index bytes) {
  if (bytes < 0)
    throw RangeError("set_read_limit: expected 0 or more bytes, got " + std::to_string(bytes));
  limit_of_process = bytes;
}

std::size_t detail::read_limit_of(std::size_t file_size) {
  constexpr std::size_t least = std::size_t{1} << 28, ratio = 20;
  constexpr std::size_t most = kMost / 2;
  if (const Index limit = read_limit(); limit > 0)
    return std::min(to_size(static_cast<std::uintmax_t>(limit)), most);
  return std::max(least, std::min(file_size, most / ratio) * ratio);
}

std::size_t detail::table_limit_of(const std::string& path) {
  constexpr std::size_t factor = 8;
  return factor * std::min(read_limit_of(expected_size(path)), kMost / factor);
}

void detail::fail_beyond_limit(const std::string& path, std::size_t limit) {
  throw DataError(path + ": takes more than " + std::to_string(limit) +
                  " bytes of memory; set_read_limit() changes that limit");
}

std::string read_file(const std::string& path) {
  std::error_code missing;
  const std::filesystem::path place = detail::system_path(path);
  if (std::filesystem::is_directory(place, missing))
    throw DataError(path + ": expected a file, this is a folder");
  const detail::Descriptor file(place, detail::Descriptor::For::reading);
  if (!file.is_open()) detail::fail_file(path, "cannot be opened", errno);
  return detail::read_within_memory(path, [&] { return read_to_end(file, path); });
}

std::string read_unpacked(const std::string& path) {
  std::string bytes = read_file(path);
  if (!detail::is_gzip(bytes)) return bytes;
  const std::size_t limit = detail::read_limit_of(bytes.size());
  return detail::read_within_memory(path, [&] {
    std::string unpacked = detail::gunzip(path, bytes, limit + 1);
    if (unpacked.size() > limit) detail::fail_beyond_limit(path, limit);
    return unpacked;
  });
}

std::string read_text(const std::string& path) {
  std::string text = read_unpacked(path);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  return text;
}

}}  // namespace nn::NN_PRECISION
