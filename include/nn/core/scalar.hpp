#pragma once

#if __cplusplus < 202002L
#error "libnn needs C++20: compile with -std=c++20"
#endif

#include <cstdint>

/// The element type of the library. libnn.a is built with float. libnn_f64.a is built with double
/// from the same sources, for gradient checks and golden values; compile with -DNN_DOUBLE to use
/// it. Each precision has its own inline namespace, so mixing the two is a link error.
#ifdef NN_DOUBLE
#define NN_PRECISION f64
#else
#define NN_PRECISION f32
#endif

namespace nn { inline namespace NN_PRECISION {

#ifdef NN_DOUBLE
using Scalar = double;  // the type of all elements
#else
using Scalar = float;  // the type of all elements
#endif

/// Sizes, strides and positions: signed 64-bit, as in NumPy and PyTorch.
using Index = std::int64_t;

}}  // namespace nn::NN_PRECISION
