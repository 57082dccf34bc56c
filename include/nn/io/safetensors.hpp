#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// The content of a safetensors file (huggingface/safetensors, format version 0.3): named tensors
/// and metadata. The file holds eight bytes with the header's length, a JSON header with each
/// tensor's dtype, shape and place, and the numbers, little-endian, row-major. Thread safety: as
/// Tensor.
struct TensorFile {
  std::vector<std::pair<std::string, Tensor>> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor of that name; DataError if there is none.
  const Tensor& at(const std::string& name) const;
};

/// Writes the file whole or not at all, as F32 or F64 like Scalar. Equal content gives equal bytes.
/// ArgumentError for a name that comes twice or is "__metadata__", and for names and metadata that
/// are not UTF-8.
void write_safetensors(const std::string& path, const TensorFile& content);

/// Reads tensors in the order of their numbers in the file. F16, BF16, F32, I8, I16, U8, U16 and
/// BOOL (0 and 1) become the same number as a Scalar; F64 is rounded to one. DataError, naming the
/// path and what is wrong, unless the file is right to the last byte: for a length beyond the file,
/// a header that does not begin with "{" or is not UTF-8, offsets that overlap, leave a gap or do
/// not fit the shape, a name that comes twice, another dtype, text after the header, a finite
/// number that is too large for a Scalar, a whole number (I32, I64, U32, U64) that a Scalar does
/// not hold exactly, a BOOL that is neither 0 nor 1, and too little memory.
TensorFile read_safetensors(const std::string& path);
/// The same from bytes in memory; `name` takes the path's place in errors.
TensorFile parse_safetensors(std::string_view bytes, const std::string& name);

}}  // namespace nn::NN_PRECISION
