#pragma once

#include "nn/core/scalar.hpp"

namespace nn::inline NN_PRECISION {

/// The instruction set that the kernels use: "avx512", "avx2" or "scalar", the first that this CPU
/// has. The environment variable NN_ISA, read once, forces one; ArgumentError, here and from every
/// operation, if it names none that this CPU has. The choice changes the speed, never a bit of a
/// result.
const char* isa();

}  // namespace nn::inline NN_PRECISION
