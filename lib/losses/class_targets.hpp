#pragma once

#include "nn/core/tensor.hpp"

/// What the classification losses share. Private to lib/.
namespace nn::inline NN_PRECISION::detail {

/// Whether y holds class indices, (batch) or (batch, 1), and not rows (batch, classes) of numbers
/// in [0, 1]. ShapeError or RangeError, naming the loss, if it holds neither.
bool holds_indices(const char* loss, const Tensor& y, const Tensor& yhat);

/// Targets as rows (batch, classes), made from class indices where y holds those. Throws as
/// holds_indices and one_hot do.
Tensor class_rows(const char* loss, const Tensor& y, const Tensor& yhat);

}  // namespace nn::inline NN_PRECISION::detail
