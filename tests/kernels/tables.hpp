#pragma once

#include <vector>

#include "kernels/table.hpp"

namespace nn::inline NN_PRECISION::kernels {

const Table& emulated_table();

struct NamedTable {
  const char* name;
  const Table* table;  // null if this CPU cannot run it
};

/// Every table of this build, and the emulated one.
std::vector<NamedTable> all_tables();

}  // namespace nn::inline NN_PRECISION::kernels
