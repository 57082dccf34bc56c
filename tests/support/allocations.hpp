#pragma once

#include "support/sanitizers.hpp"

namespace nn::test {

/// Calls of operator new in this program so far: support/allocations.cpp replaces it.
long allocations();

/// Whether they are counted: a sanitizer and valgrind have an operator new of their own.
bool counts_allocations();

}  // namespace nn::test
