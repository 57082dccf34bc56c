#include "nn/data/mapped.hpp"

#include <algorithm>
#include <string_view>

#include "data/idx_header.hpp"
#include "io/file_errors.hpp"
#include "io/mapping.hpp"
#include "io/npy_header.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

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
  detail::Mapping mapping;
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

void MappedSource::read_part(std::span<const Index> rows, Index begin, Index end, Index iteration,
                             Dataset& out) {
  read(rows.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
       iteration, out);
}

Dataset MappedSource::examples(std::span<const Index> rows) {
  Dataset out;
  read(rows, 0, out);
  return out;
}

}}  // namespace nn::NN_PRECISION
