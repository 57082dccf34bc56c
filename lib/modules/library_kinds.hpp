#pragma once

#include <vector>

#include "nn/modules/kinds.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// A row for each class of the library.
std::vector<ModuleKind> library_kinds();

}}}  // namespace nn::NN_PRECISION::detail
