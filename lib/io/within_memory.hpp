#pragma once

#include <new>
#include <stdexcept>
#include <string>

#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION::detail {

/// read(), or a DataError that names the path if there is no memory for what it makes.
template <class Read>
auto within_memory(const std::string& path, Read read) {
  try {
    return read();
  } catch (const std::bad_alloc&) {
    throw DataError(path + ": does not fit in memory");
  } catch (const std::length_error&) {
    throw DataError(path + ": does not fit in memory");
  } catch (const RangeError&) {  // of a tensor
    throw DataError(path + ": does not fit in memory");
  }
}

}  // namespace nn::inline NN_PRECISION::detail
