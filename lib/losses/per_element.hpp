#pragma once

#include "nn/core/tensor.hpp"

/// What the losses that sum over their outputs share. Private to lib/.
namespace nn::inline NN_PRECISION::detail {

/// y in yhat's shape; ShapeError, naming the loss, unless it has it or is (batch) for (batch, 1).
Tensor matching_target(const char* loss, const Tensor& y, const Tensor& yhat);

/// RangeError, naming the loss and what the numbers are, unless all lie in [0, 1]. NaN passes.
void check_unit_interval(const char* loss, const char* what, const Tensor& x);

/// kernel(n, y, yhat, result) on all elements; y and yhat have one shape.
using PairKernel = void (*)(Index n, const Scalar* y, const Scalar* yhat, Scalar* result);
Tensor pair_up(PairKernel kernel, const Tensor& y, const Tensor& yhat);

/// (batch): each example's terms added up, in double and in order.
Tensor sum_per_example(const Tensor& terms);

/// The number of outputs of one example.
Index outputs(const Shape& yhat);

}  // namespace nn::inline NN_PRECISION::detail
