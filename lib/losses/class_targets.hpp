#pragma once

#include "nn/core/tensor.hpp"

/// What the classification losses share. Private to lib/.
namespace nn::inline NN_PRECISION::detail {

/// Targets as rows (batch, classes), made from class indices (batch) or (batch, 1) where y holds
/// those. ShapeError, naming the loss, or RangeError, naming row and label, if y is neither.
Tensor class_rows(const char* loss, const Tensor& y, const Tensor& yhat);

}  // namespace nn::inline NN_PRECISION::detail
