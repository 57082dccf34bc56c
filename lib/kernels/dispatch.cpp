#include <cstdlib>
#include <string>
#include <string_view>

#include "kernels/table.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"

namespace nn::inline NN_PRECISION::kernels {
namespace {

struct Candidate {
  const char* name;
  const Table* table;  // null: this CPU or build lacks it
};

/// From the best down. __builtin_cpu_supports asks the CPU for the feature, and the operating
/// system for the registers; it is never a matter of the CPU's model.
const Candidate (&candidates())[3] {
#ifdef __x86_64__
  __builtin_cpu_init();
  const bool fma = __builtin_cpu_supports("fma");
  const bool avx2 = fma && __builtin_cpu_supports("avx2");
  static const Candidate list[] = {
      {"avx512", avx2 && __builtin_cpu_supports("avx512f") ? &avx512_table() : nullptr},
      {"avx2", avx2 ? &avx2_table() : nullptr},
      {"scalar", fma ? &scalar_fma_table() : &scalar_table()}};
#else
  static const Candidate list[] = {
      {"avx512", nullptr}, {"avx2", nullptr}, {"scalar", &scalar_table()}};
#endif
  return list;
}

const Table& active() {
  static const Table& table = choose_table(std::getenv("NN_ISA"));
  return table;
}

/// Elements for each thread of an elementwise function: some 10 microseconds of work.
constexpr Index kElementGrain = 32768;

void run_elementwise(void (*function)(Index, const Scalar*, Scalar*), Index n, const Scalar* x,
                     Scalar* y) {
  parallel_for(n, kElementGrain,
               [=](Index begin, Index end) { function(end - begin, x + begin, y + begin); });
}

}  // namespace

const Table& choose_table(const char* forced) {
  std::string available;
  for (const Candidate& candidate : candidates()) {
    if (!candidate.table) continue;
    if (!forced || std::string_view(forced) == candidate.name) return *candidate.table;
    available += available.empty() ? "" : ", ";
    available += candidate.name;
  }
  for (const Candidate& candidate : candidates())
    if (std::string_view(forced) == candidate.name)
      throw ArgumentError("NN_ISA=" + std::string(forced) +
                          ": this CPU or build lacks it; available: " + available);
  throw ArgumentError("NN_ISA='" + std::string(forced) +
                      "': no such instruction set; available: " + available);
}

const char* isa() { return active().name; }

void gemm(Index m, Index n, Index k, Scalar alpha, ConstMatrix a, ConstMatrix b, Scalar beta,
          Matrix c, const Scalar* bias) {
  gemm(active(), m, n, k, alpha, a, b, beta, c, bias);
}
void exp(Index n, const Scalar* x, Scalar* y) { run_elementwise(active().exp, n, x, y); }
void log(Index n, const Scalar* x, Scalar* y) { run_elementwise(active().log, n, x, y); }
void tanh(Index n, const Scalar* x, Scalar* y) { run_elementwise(active().tanh, n, x, y); }
void sigmoid(Index n, const Scalar* x, Scalar* y) { run_elementwise(active().sigmoid, n, x, y); }

}  // namespace nn::inline NN_PRECISION::kernels
