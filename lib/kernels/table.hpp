#pragma once

#include <vector>

#include "kernels/kernels.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels {

const Table& scalar_table();  // any CPU; calls the C library's fma
#ifdef __x86_64__
const Table& scalar_fma_table();  // the same code with the FMA instruction
const Table& avx2_table();
const Table& avx512_table();
#endif

/// A table by the name that NN_ISA knows it by; null if this CPU or build lacks it.
struct NamedTable {
  const char* name;
  const Table* table;
};

/// All tables, the best first.
std::vector<NamedTable> all_tables();

/// The best table of this CPU, or the best one of the name `forced` unless that is null. Throws
/// ArgumentError if there is none.
const Table& choose_table(const char* forced);

/// gemm() on a given table.
void gemm(const Table& table, const Product& product);

}}}  // namespace nn::NN_PRECISION::kernels
