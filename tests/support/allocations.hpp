#pragma once

#include "support/sanitizers.hpp"

namespace nn::test {

/// Calls of operator new in this program so far: support/allocations.cpp replaces it. Of no use
/// with a sanitizer, which has an operator new of its own.
long allocations();

}  // namespace nn::test
