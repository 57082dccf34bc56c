#pragma once

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// The library's version, "MAJOR.MINOR.PATCH".
const char* version();

}}  // namespace nn::NN_PRECISION
