#include "nn/io/npy.hpp"

#include <algorithm>

#include "io/file_errors.hpp"
#include "io/npy_header.hpp"
#include "nn/core/error.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// The axes in reverse order.
Tensor reversed(Tensor x) {
  for (int first = 0, last = x.rank() - 1; first < last; ++first, --last)
    x = x.transpose(first, last);
  return x;
}

Tensor read(const std::string& path) {
  const std::string bytes = read_unpacked(path);
  if (!bytes.starts_with(detail::npy_magic)) throw DataError(path + ": not an NPY file");
  detail::NpyHeader header(path, bytes);
  if (header.is_fortran) std::reverse(header.sizes.begin(), header.sizes.end());
  const Shape shape = detail::shape_from_file(path, header.sizes);
  header.check_length(path, bytes, shape.numel());
  Tensor array(shape);
  try {
    header.dtype->read(bytes.data() + header.length, array);
  } catch (const DataError& error) {
    throw DataError(path + ": " + error.what());
  }
  return header.is_fortran ? reversed(array).contiguous() : array;
}

/// (2, 3), as Python writes a tuple: "(2, 3)", "(3,)", "()".
std::string tuple(const Shape& shape) {
  std::string text = "(";
  for (int i = 0; i < shape.rank(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.rank() == 1 ? ",)" : ")");
}

}  // namespace

Tensor read_npy(const std::string& path) {
  return detail::read_within_memory(path, [&] { return read(path); });
}

void write_npy(const std::string& path, const Tensor& tensor) {
  const char* descr = sizeof(Scalar) == 4 ? "<f4" : "<f8";
  std::string header = "{'descr': '";
  header += descr;
  header += "', 'fortran_order': False, 'shape': " + tuple(tensor.shape()) + ", }";
  // NumPy leaves room for the first size to grow to 21 digits, and ends at a multiple of 64.
  constexpr std::size_t digits = 21, start = 10, multiple = 64;
  if (tensor.rank() > 0) header.append(digits - std::to_string(tensor.size(0)).size(), ' ');
  header.append(multiple - 1 - (start + header.size()) % multiple, ' ');
  header += '\n';
  std::string bytes(detail::npy_magic);
  const std::size_t length = header.size();
  bytes += {1, 0, static_cast<char>(length % 256), static_cast<char>(length / 256)};
  bytes += header;
  const Tensor contiguous = tensor.contiguous();
  bytes.append(reinterpret_cast<const char*>(contiguous.data()),
               static_cast<std::size_t>(contiguous.numel()) * sizeof(Scalar));
  write_file(path, bytes);
}

}}  // namespace nn::NN_PRECISION
