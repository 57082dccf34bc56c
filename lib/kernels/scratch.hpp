#pragma once

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels {

enum class Scratch { packed_a, packed_b, product, transposed, groups, count };

/// A buffer of at least `count` values that belongs to the calling thread, aligned to 64 bytes. It
/// is kept and reused: the same purpose asked for again gives the same memory, grown where needed.
Scalar* scratch(Scratch purpose, Index count);

}}}  // namespace nn::NN_PRECISION::kernels
