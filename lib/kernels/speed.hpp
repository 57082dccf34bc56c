#pragma once

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels {

/// Multiplications and additions, two to a step of a sum, that a product on the table in use makes
/// in a nanosecond on one thread: measured once, by 16 small products at the first call. It
/// decides which threads take part, never a result.
double operations_per_ns();

/// Multiplications for each thread, at the least: less would not pay for waking it.
Index thread_grain();

}}}  // namespace nn::NN_PRECISION::kernels
