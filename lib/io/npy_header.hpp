#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/stored_numbers.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// What the header of an NPY file says (numpy.lib.format, versions 1.0 and 2.0). Private to lib/.
struct NpyHeader {
  const Dtype* dtype = nullptr;
  std::vector<Index> sizes;
  std::size_t length = 0;  // of the header: where the elements begin

  /// `bytes` are the whole file's. DataError for another header, for elements other than '<f4',
  /// '<f8' and '|u1', and for Fortran's order.
  NpyHeader(const std::string& path, std::string_view bytes);
};

constexpr std::string_view npy_magic = "\x93NUMPY";

}}}  // namespace nn::NN_PRECISION::detail
