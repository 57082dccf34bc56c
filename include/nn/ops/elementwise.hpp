#pragma once

#include "nn/core/loops.hpp"
#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

// Element by element, on any strides. Two operands broadcast by NumPy's rule; ShapeError if they do
// not fit. Results are new contiguous tensors.

/// y = f(x), for any function of numbers.
template <class Function>
Tensor map(const Tensor& x, Function f) {
  Tensor y(x.shape());
  const Scalar* px = x.data();
  Scalar* py = y.data();
  detail::for_each_row<2>(x.shape(), {&y, &x}, [&](const auto& at, Index n, const auto& step) {
    Scalar* out = py + at[0];
    const Scalar* in = px + at[1];
    if (step[0] == 1 && step[1] == 1)
      for (Index i = 0; i < n; ++i) out[i] = f(in[i]);
    else
      for (Index i = 0; i < n; ++i) out[i * step[0]] = f(in[i * step[1]]);
  });
  return y;
}

/// y = f(a, b), for any function of two numbers.
template <class Function>
Tensor zip(const Tensor& a, const Tensor& b, Function f) {
  Tensor y(broadcast_shapes(a.shape(), b.shape()));
  const Scalar *pa = a.data(), *pb = b.data();
  Scalar* py = y.data();
  detail::for_each_row<3>(y.shape(), {&y, &a, &b}, [&](const auto& at, Index n, const auto& step) {
    Scalar* out = py + at[0];
    const Scalar *ina = pa + at[1], *inb = pb + at[2];
    if (step[0] == 1 && step[1] == 1 && step[2] == 1)
      for (Index i = 0; i < n; ++i) out[i] = f(ina[i], inb[i]);
    else
      for (Index i = 0; i < n; ++i) out[i * step[0]] = f(ina[i * step[1]], inb[i * step[2]]);
  });
  return y;
}

/// The sum, difference, product or quotient of elements, and -a.
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

/// e^x, ln x, tanh x, 1 / (1 + e^-x). The bits are the same on every CPU. In float the error is at
/// most 1 ulp (exp, log) or 2 ulp (tanh, sigmoid), in double 2 ulp, of tanh 2.5.
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor sigmoid(const Tensor& x);
/// x, but 0 where it is negative.
Tensor relu(const Tensor& x);

/// dL/dx of z = tanh x, sigmoid x or relu x, for delta = dL/dz:
///
///     delta (1 - z^2)    delta z (1 - z)    delta where z > 0, else 0
///
/// ShapeError unless delta and z have the same shape. Where z is near 1 (or -1 for tanh) the
/// subtraction loses digits: in float, tanh's slope has none left from |x| = 8 on, sigmoid's from x
/// = 17 on. TanH and Sigmoid say more.
Tensor tanh_backward(const Tensor& delta, const Tensor& z);
Tensor sigmoid_backward(const Tensor& delta, const Tensor& z);
Tensor relu_backward(const Tensor& delta, const Tensor& z);

/// The root, correctly rounded, NaN where x < 0; and |x|.
Tensor sqrt(const Tensor& x);
Tensor abs(const Tensor& x);

/// The larger of two, the smaller of two; NaN if either is NaN, as np.maximum.
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, const Tensor& b);

/// y += alpha x (BLAS), in place. The product is rounded before the sum. x is broadcast to y's
/// shape and may overlap y. A y that is Tensor() (no elements, shape (0)) stands for zeros of x's
/// shape: it becomes a new tensor.
void axpy(Scalar alpha, const Tensor& x, Tensor& y);
/// y *= alpha (BLAS), in place.
void scal(Scalar alpha, Tensor& y);

/// Same shape and equal elements (NaN equals nothing, -0 equals 0).
bool equal(const Tensor& a, const Tensor& b);
/// Same shape and |a - b| <= atol + rtol |b| everywhere, as np.allclose.
bool allclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8);
/// No NaN and no infinity.
bool all_finite(const Tensor& x);

}}  // namespace nn::NN_PRECISION
