#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/stored_numbers.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// What the header of an NPY file says (numpy.lib.format, versions 1.0 and 2.0). Private to lib/.
struct NpyHeader {
  const Dtype* dtype = nullptr;
  bool is_fortran = false;  // the first axis varies fastest
  std::vector<Index> sizes;
  std::size_t length = 0;  // of the header: where the elements begin

  /// `bytes` are the whole file's. DataError for another header, and for elements that a Scalar
  /// does not hold by their type.
  NpyHeader(const std::string& path, std::string_view bytes);
  /// DataError unless so many numbers follow the header.
  void check_length(const std::string& path, std::string_view bytes, Index numbers) const;
};

constexpr std::string_view npy_magic = "\x93NUMPY";

}}}  // namespace nn::NN_PRECISION::detail
