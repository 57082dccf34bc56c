#pragma once

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

// Element by element, on any strides; two operands broadcast by NumPy's rule, ShapeError if they do
// not fit. Results are new contiguous tensors.

Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator+(const Tensor& a, Scalar b);
Tensor operator-(const Tensor& a, Scalar b);
Tensor operator*(const Tensor& a, Scalar b);
Tensor operator/(const Tensor& a, Scalar b);
Tensor operator+(Scalar a, const Tensor& b);
Tensor operator-(Scalar a, const Tensor& b);
Tensor operator*(Scalar a, const Tensor& b);
Tensor operator/(Scalar a, const Tensor& b);
Tensor operator-(const Tensor& a);

/// e^x, ln x, tanh x, 1 / (1 + e^-x): functions of our own, the same bits on every CPU; within 1
/// ulp (exp, log) or 2 ulp (tanh, sigmoid) in float.
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor sigmoid(const Tensor& x);
/// x, but 0 where it is negative.
Tensor relu(const Tensor& x);

/// dL/dx of z = tanh x, sigmoid x or relu x for delta = dL/dz: delta (1 - z^2), delta z (1 - z),
/// delta where z > 0. ShapeError unless the two have one shape.
Tensor tanh_backward(const Tensor& delta, const Tensor& z);
Tensor sigmoid_backward(const Tensor& delta, const Tensor& z);
Tensor relu_backward(const Tensor& delta, const Tensor& z);

Tensor sqrt(const Tensor& x);
Tensor abs(const Tensor& x);

/// The larger of two, the smaller of two; NaN if either is (as np.maximum).
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, const Tensor& b);

// In place: x is broadcast to y's shape. They may overlap.

/// y += alpha x (BLAS), the product rounded before the sum. A y that is Tensor() (no elements,
/// shape (0)) stands for zeros of x's shape: it becomes a new tensor.
void axpy(Scalar alpha, const Tensor& x, Tensor& y);
/// y *= alpha (BLAS).
void scal(Scalar alpha, Tensor& y);

/// Same shape and equal elements (NaN equals nothing, -0 equals 0).
bool equal(const Tensor& a, const Tensor& b);
/// Same shape and |a - b| <= atol + rtol |b| everywhere, as np.allclose.
bool allclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8);
/// No NaN and no infinity.
bool all_finite(const Tensor& x);

}  // namespace nn::inline NN_PRECISION
