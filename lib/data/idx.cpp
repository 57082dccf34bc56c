#include "nn/data/idx.hpp"

#include <algorithm>
#include <cstdint>

#include "data/idx_header.hpp"
#include "io/file_errors.hpp"
#include "io/gunzip.hpp"
#include "io/read_limit.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

unsigned byte_at(const std::string& bytes, std::size_t position) {
  return static_cast<unsigned char>(bytes[position]);
}

Index big_endian(const std::string& bytes, std::size_t position) {
  return Index{byte_at(bytes, position)} << 24 | Index{byte_at(bytes, position + 1)} << 16 |
         Index{byte_at(bytes, position + 2)} << 8 | Index{byte_at(bytes, position + 3)};
}

/// The rank. DataError unless the first four bytes and the header's length are right.
std::size_t checked_rank(const std::string& path, const std::string& bytes) {
  if (bytes.empty()) throw DataError(path + ": no data");
  if (bytes.size() < 4)
    throw DataError(path + ": expected an IDX header of at least 4 bytes, got " +
                    std::to_string(bytes.size()));
  if (byte_at(bytes, 0) != 0 || byte_at(bytes, 1) != 0)
    throw DataError(path + ": byte 0: expected an IDX header in big-endian order (0 0 8 rank)");
  if (byte_at(bytes, 2) != 8)
    throw DataError(path + ": byte 2: expected elements of type 8 (unsigned bytes), got type " +
                    std::to_string(byte_at(bytes, 2)));
  auto rank = byte_at(bytes, 3);
  if (rank < 1 || rank > Shape::max_rank)
    throw DataError(path + ": byte 3: expected a rank from 1 to " +
                    std::to_string(Shape::max_rank) + ", got " + std::to_string(rank));
  if (bytes.size() < 4 + 4 * std::size_t{rank})
    throw DataError(path + ": the file ends inside its header of " + std::to_string(4 + 4 * rank) +
                    " bytes");
  return rank;
}

Tensor parse(const std::string& path, const detail::IdxHeader& header, const std::string& bytes) {
  if (const auto available = bytes.size() - header.length; available != header.elements)
    throw DataError(path + ": expected " + std::to_string(header.elements) +
                    " bytes of data, got " + std::to_string(available));
  Tensor result(detail::shape_from_file(path, header.sizes));
  std::transform(bytes.begin() + static_cast<std::ptrdiff_t>(header.length), bytes.end(),
                 result.data(),
                 [](char c) { return static_cast<Scalar>(static_cast<unsigned char>(c)); });
  return result;
}

/// Unpacks no more than the header says, and one byte to see that there is no more.
Tensor read_packed(const std::string& path, const std::string& packed) {
  const detail::IdxHeader header(
      path, detail::gunzip(path, packed, detail::IdxHeader::longest),
      detail::gzip_ratio * std::min(packed.size(), SIZE_MAX / detail::gzip_ratio));
  const std::size_t size = header.length + header.elements;
  if (const auto limit = detail::read_limit_of(packed.size()); size > limit)
    detail::fail_beyond_limit(path, limit);
  return parse(path, header, detail::gunzip(path, packed, size + 1));
}

Tensor read(const std::string& path) {
  const std::string bytes = read_file(path);
  if (detail::is_gzip(bytes)) return read_packed(path, bytes);
  return parse(path, detail::IdxHeader(path, bytes, bytes.size()), bytes);
}

}  // namespace

detail::IdxHeader::IdxHeader(const std::string& path, const std::string& bytes, std::size_t most)
    : length(4 + 4 * checked_rank(path, bytes)) {
  for (std::size_t place = 4; place < length; place += 4) sizes.push_back(big_endian(bytes, place));
  if (std::count(sizes.begin(), sizes.end(), 0) > 0) elements = 0;
  for (Index size : sizes) {
    if (elements > 0 && elements > most / static_cast<std::uint64_t>(size))  // before an overflow
      throw DataError(path + ": the header has more elements than the " + std::to_string(most) +
                      " bytes that the file can hold");
    elements *= static_cast<std::size_t>(size);
  }
}

Tensor read_idx(const std::string& path) {
  return detail::read_within_memory(path, [&] { return read(path); });
}

void write_idx(const std::string& path, const Tensor& tensor) {
  if (tensor.rank() < 1) throw ShapeError(path + ": an IDX file has a rank of at least 1");
  std::string bytes{0, 0, 8, static_cast<char>(tensor.rank())};
  for (int i = 0; i < tensor.rank(); ++i) {
    const Index size = tensor.size(i);
    if (size >> 32 != 0) throw ShapeError(path + ": sizes of an IDX file have 32 bits");
    for (int shift : {24, 16, 8, 0}) bytes += static_cast<char>(size >> shift & 255);
  }
  const Tensor numbers = tensor.contiguous();
  for (Index i = 0; i < numbers.numel(); ++i) {
    const Scalar value = numbers.data()[i];
    if (!(value >= 0 && value <= 255) || value != static_cast<Scalar>(static_cast<int>(value)))
      throw RangeError(path + ": element " + std::to_string(i) + " is " + to_text(value) +
                       ", expected a whole number from 0 to 255");
    bytes += static_cast<char>(static_cast<unsigned char>(value));
  }
  write_file(path, bytes);
}

Dataset read_idx_dataset(const std::string& images, const std::string& labels) {
  Dataset data{read_idx(images), read_idx(labels)};
  if (data.x.rank() != 3)
    throw DataError(images + ": expected images, shape (n, height, width), got " +
                    data.x.shape().to_string());
  if (data.y.rank() != 1)
    throw DataError(labels + ": expected labels, shape (n), got " + data.y.shape().to_string());
  if (data.x.size(0) != data.y.size(0))
    throw DataError(images + " and " + labels + ": expected as many labels as images, got " +
                    std::to_string(data.x.size(0)) + " images and " +
                    std::to_string(data.y.size(0)) + " labels");
  return data;
}

}}  // namespace nn::NN_PRECISION
