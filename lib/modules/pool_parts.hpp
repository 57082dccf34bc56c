#pragma once

#include <string>

#include "nn/core/error.hpp"
#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

/// What the pooling layers share.
namespace nn::inline NN_PRECISION::detail {

inline void check_pool(const std::string& name, const Windows& w) {
  w.check(name);
  if (2 * w.padding.height > w.size.height || 2 * w.padding.width > w.size.width)
    throw ShapeError(name + ": padding " + to_string(w.padding) +
                     " is more than half the window's size, " + to_string(w.size));
}

inline void check_max_pool(const std::string& name, const Windows& w) {
  check_pool(name, w);
  constexpr Index most = 65536;
  if (w.size.height * w.size.width > most)
    throw ShapeError(name + ": more than " + std::to_string(most) + " elements in a window");
}

/// Signals (batch, length, channels) as images of height 1.
inline Tensor as_images(const Tensor& signals) {
  return signals.reshape({signals.size(0), 1, signals.size(1), signals.size(2)});
}

}  // namespace nn::inline NN_PRECISION::detail
