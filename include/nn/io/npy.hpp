#pragma once

#include <string>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Reads an array that numpy.save wrote: NPY, version 1.0 or 2.0, in C or Fortran order, unpacked
/// if it is gzip-compressed. Elements are little-endian floats of 2, 4 or 8 bytes, integers of 1 to
/// 8 bytes, or bool. A float of 8 bytes is rounded to a Scalar; integers are read exactly.
///
/// DataError, naming the path, for other elements (big-endian, complex, text), for a number that a
/// Scalar cannot hold, unless the file is as long as its header says, and beyond read_limit().
Tensor read_npy(const std::string& path);

/// Writes a tensor for numpy.load, byte for byte as numpy.save writes it: version 1.0, C order,
/// elements '<f4', or '<f8' in double. Whole or not at all; DataError as write_file().
void write_npy(const std::string& path, const Tensor& tensor);

}}  // namespace nn::NN_PRECISION
