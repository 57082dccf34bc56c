#include "io/mapping.hpp"

#if __has_include(<sys/mman.h>) && !defined(__wasi__)
#define NN_MAPS_FILES
#include <sys/mman.h>
#include <sys/stat.h>
#endif

#include <cerrno>
#include <filesystem>
#include <utility>

#include "io/descriptor.hpp"
#include "io/file_errors.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {

#ifdef NN_MAPS_FILES
static_assert(sizeof(off_t) == 8, "large files: compile with -D_FILE_OFFSET_BITS=64");
#endif

detail::Mapping::Mapping(const std::string& path) {
  // Before it is opened: a pipe would wait for its other end.
  std::error_code error;
  const auto status = std::filesystem::status(system_path(path), error);
  if (!std::filesystem::exists(status)) fail_file(path, "cannot be opened", error);
  if (!std::filesystem::is_regular_file(status))
    throw DataError(path + ": only a plain file can be mapped");
#ifdef NN_MAPS_FILES
  const Descriptor file(system_path(path), Descriptor::For::reading);
  if (!file.is_open()) fail_file(path, "cannot be opened", errno);
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) fail_file(path, "cannot be read", errno);
  if (info.st_size == 0) throw DataError(path + ": no data");
  if (!std::in_range<std::size_t>(info.st_size)) fail_file(path, "cannot be mapped", EOVERFLOW);
  const auto length = static_cast<std::size_t>(info.st_size);
  void* memory = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (memory == MAP_FAILED) fail_file(path, "cannot be mapped", errno);
  ::madvise(memory, length, MADV_RANDOM);  // shuffled rows: what lies beside them is not needed
  bytes_ = {static_cast<const char*>(memory), length};
#else
  read_ = read_file(path);
  if (read_.empty()) throw DataError(path + ": no data");
  bytes_ = read_;
#endif
}

detail::Mapping::~Mapping() {
#ifdef NN_MAPS_FILES
  ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
#endif
}

}}  // namespace nn::NN_PRECISION
