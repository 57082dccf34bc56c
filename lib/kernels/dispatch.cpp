#include <cstdlib>
#include <string>

#include "kernels/table.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels {

#ifdef __x86_64__
/// g++ for Windows uses vectors of 32 and 64 bytes on the stack as if they were aligned there,
/// which they are not (GCC bug 54412): a fault.
#if defined(_WIN32) && !defined(__clang__)
constexpr bool kHasLongVectors = false;
#else
constexpr bool kHasLongVectors = true;
#endif
#endif

/// __builtin_cpu_supports asks the CPU for the feature, and the operating system for the registers;
/// it is never a matter of the CPU's model.
std::vector<NamedTable> all_tables() {
#ifdef __x86_64__
  __builtin_cpu_init();
  const bool fma = __builtin_cpu_supports("fma");
  const bool avx2 = kHasLongVectors && fma && __builtin_cpu_supports("avx2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f");
  return {{"avx512", avx512 ? &avx512_table() : nullptr},
          {"avx2", avx2 ? &avx2_table() : nullptr},
          {"scalar", fma ? &scalar_fma_table() : nullptr},
          {"scalar", &scalar_table()}};
#else
  return {{"avx512", nullptr}, {"avx2", nullptr}, {"scalar", &scalar_table()}};
#endif
}

const Table& choose_table(const char* forced) {
  const std::string wanted = forced ? forced : "";
  std::string available;
  bool known = false;
  for (const auto& [name, table] : all_tables()) {
    if (table && (!forced || wanted == name)) return *table;
    known = known || wanted == name;
    if (table && available.find(name) == std::string::npos)
      available += (available.empty() ? "" : ", ") + std::string(name);
  }
  throw ArgumentError("NN_ISA='" + wanted +
                      "': " + (known ? "this CPU or build lacks it" : "no such instruction set") +
                      "; available: " + available);
}

const Table& active() {
  static const Table& table = choose_table(std::getenv("NN_ISA"));
  return table;
}

}}}  // namespace nn::NN_PRECISION::kernels
