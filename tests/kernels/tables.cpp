#include "tables.hpp"

namespace nn::inline NN_PRECISION::kernels {

std::vector<NamedTable> all_tables() {
  std::vector<NamedTable> tables{{"scalar", &scalar_table()}};
#ifdef __x86_64__
  __builtin_cpu_init();
  const bool fma = __builtin_cpu_supports("fma"), avx2 = fma && __builtin_cpu_supports("avx2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f");
  tables.push_back({"scalar_fma", fma ? &scalar_fma_table() : nullptr});
  tables.push_back({"avx2", avx2 ? &avx2_table() : nullptr});
  tables.push_back({"avx512", avx512 ? &avx512_table() : nullptr});
  tables.push_back({"emulated", avx2 ? &emulated_table() : nullptr});
#else
  tables.push_back({"emulated", &emulated_table()});
#endif
  return tables;
}

}  // namespace nn::inline NN_PRECISION::kernels
