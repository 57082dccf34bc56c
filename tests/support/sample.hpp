#pragma once

#include <cmath>

#include "nn/core/tensor.hpp"

namespace nn::test {

/// Numbers without a pattern that a wrong index could keep: sin(1.7 k + phase), k = 1, 2, ...
inline Tensor wave(const Shape& shape, double phase = 0) {
  Tensor t(shape);
  for (Index k = 0; k < t.numel(); ++k)
    t.data()[k] = static_cast<Scalar>(std::sin(1.7 * static_cast<double>(k + 1) + phase));
  return t;
}

/// The same elements on other strides, every second one of a larger tensor with its dimensions
/// reversed; what lies between is NaN.
inline Tensor scattered(const Tensor& t) {
  if (t.rank() == 0) return t;
  Shape reversed;
  for (int dim = 0; dim < t.rank(); ++dim) reversed = reversed.inserted(0, 2 * t.size(dim));
  Tensor view = Tensor::full(reversed, static_cast<Scalar>(NAN));
  for (int dim = 0; dim < t.rank(); ++dim) view = view.slice(dim, 0, view.size(dim), 2);
  for (int dim = 0; dim < t.rank() / 2; ++dim) view = view.transpose(dim, t.rank() - 1 - dim);
  view.copy_from(t);
  return view;
}

}  // namespace nn::test
