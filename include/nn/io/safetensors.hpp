#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// Named tensors and text about them, as a safetensors file holds them (huggingface/safetensors,
/// format version 0.3): eight bytes with the header's length, a JSON header with each tensor's
/// dtype, shape and place, then the numbers, little-endian, row-major.
struct TensorFile {
  std::vector<std::pair<std::string, Tensor>> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor of that name; DataError if there is none.
  const Tensor& at(const std::string& name) const;
};

/// Writes the file whole or not at all, F32 or F64 as Scalar is; equal content gives equal bytes.
/// ArgumentError for a name that comes twice or is "__metadata__".
void write_safetensors(const std::string& path, const TensorFile& content);

/// Reads F32 and F64 tensors, whichever Scalar is, in the order of the numbers in the file.
/// DataError, naming the path and what is wrong, for anything that is not such a file to the last
/// byte: a length beyond the file, offsets that overlap, leave a gap or do not fit the shape, a
/// name that comes twice, another dtype, text after the header; and for a finite number that Scalar
/// cannot hold, and where there is not enough memory.
TensorFile read_safetensors(const std::string& path);

}  // namespace nn::inline NN_PRECISION
