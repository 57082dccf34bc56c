#pragma once

#include <stdexcept>
#include <string>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Misuse of the API: the message names the operation and what it got.
struct ArgumentError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// Shapes that do not fit an operation: the message gives both.
struct ShapeError : ArgumentError {
  using ArgumentError::ArgumentError;
};

/// An index, a label or a size outside its range.
struct RangeError : ArgumentError {
  using ArgumentError::ArgumentError;
};

/// A file that cannot be read or written, or whose content breaks its format: the message names the
/// path, the line or byte, and what was expected.
struct DataError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}}  // namespace nn::NN_PRECISION
