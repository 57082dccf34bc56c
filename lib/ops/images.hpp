#pragma once

#include <string>

#include "nn/core/error.hpp"
#include "nn/core/shape.hpp"

namespace nn::inline NN_PRECISION::detail {

inline void check_images(const char* operation, const Shape& images) {
  if (images.rank() != 4)
    throw ShapeError(std::string(operation) +
                     ": expected images (batch, height, width, channels), got " +
                     images.to_string());
}

}  // namespace nn::inline NN_PRECISION::detail
