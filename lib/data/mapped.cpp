#include "nn/data/mapped.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "data/idx_header.hpp"
#include "io/descriptor.hpp"
#include "io/file_errors.hpp"
#include "io/npy_header.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// A file's bytes in the address space.
class Mapping {
 public:
  explicit Mapping(const std::string& path) {
    const detail::Descriptor file(
        ::open(detail::system_path(path),
               O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a pipe would wait for its other end
    if (!file.is_open()) detail::fail_file(path, "cannot be opened", errno);
    struct stat info {};
    if (::fstat(file.number(), &info) != 0) detail::fail_file(path, "cannot be read", errno);
    if (!S_ISREG(info.st_mode)) throw DataError(path + ": only a plain file can be mapped");
    if (info.st_size == 0) throw DataError(path + ": no data");
    size_ = static_cast<std::size_t>(info.st_size);
    memory_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (memory_ == MAP_FAILED) detail::fail_file(path, "cannot be mapped", errno);
    ::madvise(memory_, size_, MADV_RANDOM);  // shuffled rows: what lies beside them is not needed
  }
  ~Mapping() { ::munmap(memory_, size_); }
  Mapping(const Mapping&) = delete;

  std::string_view bytes() const { return {static_cast<const char*>(memory_), size_}; }

 private:
  std::size_t size_;
  void* memory_;
};

}  // namespace

struct MappedArray::File {
  explicit File(const std::string& name) : path(name), mapping(name) {
    const std::string_view bytes = mapping.bytes();
    if (bytes.starts_with(detail::npy_magic)) {
      const detail::NpyHeader header(path, bytes);
      if (header.sizes.empty()) throw DataError(path + ": expected an array of rank 1 or more");
      if (header.is_fortran && header.sizes.size() > 1)
        throw DataError(path + ": expected C order, got Fortran's");
      shape = detail::shape_from_file(path, header.sizes);
      dtype = header.dtype;
      begin = header.length;
    } else if (!bytes.starts_with(std::string_view("\0\0", 2))) {
      throw DataError(path + ": neither NPY nor IDX; compressed files cannot be mapped");
    } else {
      const detail::IdxHeader header(path, std::string(bytes.substr(0, detail::IdxHeader::longest)),
                                     bytes.size());
      shape = detail::shape_from_file(path, header.sizes);
      dtype = detail::find_dtype("U8");
      begin = header.length;
    }
    const auto available = static_cast<Index>(bytes.size() - begin);
    if (available % dtype->size != 0 || available / dtype->size != shape.numel())
      throw DataError(path + ": expected " + std::to_string(shape.numel()) + " numbers of " +
                      std::to_string(dtype->size) + " bytes, got " + std::to_string(available) +
                      " bytes");
  }

  std::string path;
  Mapping mapping;
  Shape shape;
  const detail::Dtype* dtype = nullptr;
  std::size_t begin = 0;  // of the elements
};

MappedArray::MappedArray(const std::string& path)
    : file_(std::make_unique<File>(path)), shape_(file_->shape) {}
MappedArray::MappedArray(MappedArray&&) noexcept = default;
MappedArray::~MappedArray() = default;

void MappedArray::read(std::span<const Index> rows, Tensor& out) const {
  if (!file_) throw ArgumentError("MappedArray: used after it was moved from");
  for (Index row : rows)
    if (row < 0 || row >= shape_[0])
      throw RangeError(file_->path + ": row " + std::to_string(row) + " of " + shape_.to_string());
  const Shape shape = shape_.with(0, static_cast<Index>(rows.size()));
  if (out.shape() != shape || !out.is_unique() || !out.is_contiguous()) out = Tensor(shape);
  const char* begin = file_->mapping.bytes().data() + file_->begin;
  const Index row_bytes = shape_.example_numel() * file_->dtype->size;
  try {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Tensor row = out.select(0, static_cast<Index>(i));
      file_->dtype->read(begin + rows[i] * row_bytes, row);
    }
  } catch (const DataError& error) {
    throw DataError(file_->path + ": " + error.what());
  }
}

MappedSource::MappedSource(const std::string& x, const std::string& y) : x_(x), y_(y) {
  if (x_.shape()[0] != y_.shape()[0])
    throw DataError(x + " and " + y + ": expected as many rows in both, got " +
                    std::to_string(x_.shape()[0]) + " and " + std::to_string(y_.shape()[0]));
}

void MappedSource::read(std::span<const Index> rows, Index, Dataset& out) {
  x_.read(rows, out.x);
  y_.read(rows, out.y);
}

}}  // namespace nn::NN_PRECISION
