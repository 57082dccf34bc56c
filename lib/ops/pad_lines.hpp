#pragma once

#include "nn/core/tensor.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// to = lines [first, last) of pad(x, padding), counted through all images: (last - first, width +
/// 2 padding.width, channels). x (batch, height, width, channels) is contiguous. In im2col.cpp,
/// beside pad(). Private to lib/.
void pad_lines(const Tensor& x, const Size2& padding, Index first, Index last, Scalar* to);

}}}  // namespace nn::NN_PRECISION::detail
