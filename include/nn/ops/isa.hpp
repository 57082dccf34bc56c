#pragma once

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// The instruction set that the kernels use: the first of "avx512", "avx2" and "scalar" that this
/// CPU has. The environment variable NN_ISA, read once, chooses another. If this CPU does not have
/// that one, isa() and every operation throw ArgumentError. The choice changes the speed, never a
/// bit of a result.
const char* isa();

}}  // namespace nn::NN_PRECISION
