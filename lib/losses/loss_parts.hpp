#pragma once

#include "nn/core/tensor.hpp"

/// What the losses share. Private to lib/. `loss` is the name in messages.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// y in yhat's shape. ShapeError unless it has that shape or is (batch) for outputs (batch, 1).
Tensor matching_target(const char* loss, const Tensor& y, const Tensor& yhat);

/// Whether y holds class indices, (batch) or (batch, 1), and not rows (batch, classes) of numbers
/// in [0, 1]. ShapeError or RangeError if it holds neither.
bool holds_indices(const char* loss, const Tensor& y, const Tensor& yhat);

/// RangeError, naming the row, unless all numbers lie in [0, 1]. NaN passes. `what` says what they
/// are, `hint` what may mend it.
void check_unit_interval(const char* loss, const char* what, const Tensor& x,
                         const char* hint = "");

/// (batch): the sum of each example's terms, in double and in order.
Tensor sum_per_example(const Tensor& terms);

}}}  // namespace nn::NN_PRECISION::detail
