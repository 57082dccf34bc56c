#pragma once

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

// Element by element, on any strides; results are new contiguous tensors. NaN stays NaN, and at
// infinities all are as their limits. The bits are the same on every CPU.
//
// Errors, in units of the last place, float and double alike: gelu 6, silu 4, softplus 2. gelu_tanh
// has 3 for x > -1; below, those of the exponent too: 4 at -1.5, 40 at -5. A slope has the same,
// but near its zero (-0.75 or -1.28) an absolute error of a unit of 1/4. silu has lost digits where
// sigmoid(x) is subnormal, from x = -87 (float) or -708 (double) down.

/// x Phi(x), Phi(x) = (1 + erf(x / sqrt 2)) / 2: the Gaussian error linear unit.
Tensor gelu(const Tensor& x);
/// Its approximation x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
Tensor gelu_tanh(const Tensor& x);
/// x sigmoid(x)
Tensor silu(const Tensor& x);
/// ln(1 + e^(beta x)) / beta, but x where beta x > threshold; beta > 0.
Tensor softplus(const Tensor& x, Scalar beta, Scalar threshold);

/// dL/dx of these, for delta = dL/dz. ShapeError unless delta and x have the same shape.
Tensor gelu_backward(const Tensor& delta, const Tensor& x);
Tensor gelu_tanh_backward(const Tensor& delta, const Tensor& x);
Tensor silu_backward(const Tensor& delta, const Tensor& x);
Tensor softplus_backward(const Tensor& delta, const Tensor& x, Scalar beta, Scalar threshold);

}}  // namespace nn::NN_PRECISION
