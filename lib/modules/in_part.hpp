#pragma once

#include <string>

#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION::detail {

/// f(), whose ShapeError is passed on with the name of the part that it concerns in front.
template <class F>
auto in_part(const char* part, F&& f) {
  try {
    return f();
  } catch (const ShapeError& error) {
    throw ShapeError(std::string(part) + ": " + error.what());
  }
}

}  // namespace nn::inline NN_PRECISION::detail
