#pragma once

#include <string>

#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION::detail {

/// f(), whose ShapeError is passed on with where() in front: "layer 2, ".
template <class Where, class F>
auto with_context(Where where, F&& f) {
  try {
    return f();
  } catch (const ShapeError& error) {
    throw ShapeError(where() + std::string(error.what()));
  }
}

}  // namespace nn::inline NN_PRECISION::detail
