#pragma once

#include <string_view>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// How the numbers of a safetensors file are stored. Private to lib/.
struct Dtype {
  std::string_view name;  // "F32"
  Index size;             // bytes of a number
  /// Fills a tensor from little-endian bytes, which may begin anywhere. DataError for a number that
  /// a Scalar cannot hold.
  void (*read)(const char* bytes, Tensor& to);
};

/// Null for a name that is none of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL.
const Dtype* find_dtype(std::string_view name);

}}}  // namespace nn::NN_PRECISION::detail
