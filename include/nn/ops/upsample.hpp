#pragma once

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// How values between two elements are found: from the nearest one, or on the line through both.
enum class Interpolation { nearest, linear };

/// Stretches the middle dimension by a whole factor.  x: (outer, n, inner), z: (outer, n factor,
/// inner). Element i of z lies at p = (i + 1/2) / factor - 1/2 of x, as PyTorch's interpolate() has
/// it with align_corners=False, and p < 0 counts as 0:
///
///     nearest   z_i = x_j, j = floor(i / factor)
///     linear    z_i = (1 - w) x_j + w x_(j + 1), j = floor(p), w = p - j; z_i = x_j where there is
///               no x_(j + 1) or w = 0
///
/// ShapeError for another rank and unless 1 <= factor <= 65536.
Tensor upsample(const Tensor& x, Index factor, Interpolation interpolation);
/// dL/dx for delta = dL/dz, each element added up in ascending order of i.
Tensor upsample_backward(const Tensor& delta, Index factor, Interpolation interpolation);

}}  // namespace nn::NN_PRECISION
