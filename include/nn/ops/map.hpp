#pragma once

#include "nn/core/loops.hpp"
#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// y = f(x), element by element, into a new contiguous tensor.
template <class F>
Tensor map(const Tensor& x, F f) {
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

/// y = f(a, b), element by element, a and b broadcast by NumPy's rule (ShapeError if they do not
/// fit), into a new contiguous tensor.
template <class F>
Tensor zip(const Tensor& a, const Tensor& b, F f) {
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

}  // namespace nn::inline NN_PRECISION
