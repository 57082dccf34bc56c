#pragma once

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Over the last dimension:
///
///     softmax(x)_j     = e^{x_j} / sum_k e^{x_k}
///     log_softmax(x)_j = x_j - ln sum_k e^{x_k}
///
/// Both work on x - max x: nothing overflows. Sums are in double, in ascending order. ShapeError
/// for rank 0.
Tensor softmax(const Tensor& x);
Tensor log_softmax(const Tensor& x);
/// Into given memory: z is contiguous and has x's shape. ShapeError otherwise.
void softmax_into(const Tensor& x, Tensor& z);
void log_softmax_into(const Tensor& x, Tensor& z);
/// Both in one pass: the softmax, and its logarithm in log_p.
Tensor softmax(const Tensor& x, Tensor& log_p);
/// dL/dx of z = softmax(x), for delta = dL/dz: z_j (delta_j - sum_k delta_k z_k). ShapeError unless
/// both have the same shape.
Tensor softmax_backward(const Tensor& delta, const Tensor& z);

}}  // namespace nn::NN_PRECISION
