#pragma once

#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Copies lines [first, last) of pad(x, padding), counted through all images. x is contiguous.
/// Private to lib/.
void pad_lines(const Tensor& x, const Size2& padding, Index first, Index last, Scalar* to);

}}}  // namespace nn::NN_PRECISION::detail
