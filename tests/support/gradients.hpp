#pragma once

#include <functional>

#include "nn/core/tensor.hpp"

namespace nn::test {

/// The gradient of cost() with respect to the elements of `at`, which it reads: central
/// differences, (f(v + h) - f(v - h)) / 2h. In double right to some 1e-9; use it there only.
inline Tensor numerical_gradient(Tensor& at, const std::function<double()>& cost) {
  constexpr double h = 2e-6;
  Tensor gradient(at.shape());
  for (Index i = 0; i < at.numel(); ++i) {
    Scalar& element = at.data()[i];
    const Scalar value = element;
    element = static_cast<Scalar>(value + h);
    double above = cost();
    element = static_cast<Scalar>(value - h);
    double below = cost();
    element = value;
    gradient.data()[i] = static_cast<Scalar>((above - below) / (2 * h));
  }
  return gradient;
}

}  // namespace nn::test
