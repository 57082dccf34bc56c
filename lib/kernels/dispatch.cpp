#include <algorithm>
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

/// Elements for each thread, some 5 microseconds of work: of a loop with a few operations for each,
/// and of one with an exponential.
constexpr Index kElementGrain = 16384, kFunctionGrain = 4096;

/// piece(begin, count) on parts of n elements.
template <class Piece>
void in_pieces(Index n, Index grain, Piece piece) {
  parallel_for(n, grain, [&](Index begin, Index end) { piece(begin, end - begin); });
}

/// piece(first element, rows) on parts of `rows` rows of n elements.
template <class Piece>
void in_rows(Index rows, Index n, Piece piece) {
  const Index grain = kFunctionGrain / std::max<Index>(n, 1) + 1;
  parallel_for(rows, grain, [&](Index begin, Index end) { piece(begin * n, end - begin); });
}

using Map = void (*)(Index, const Scalar*, Scalar*);
void run(Map f, Index grain, Index n, const Scalar* x, Scalar* y) {
  in_pieces(n, grain, [=](Index at, Index count) { f(count, x + at, y + at); });
}

using Zip = void (*)(Index, const Scalar*, const Scalar*, Scalar*);
void run(Zip f, Index grain, Index n, const Scalar* u, const Scalar* v, Scalar* y) {
  in_pieces(n, grain, [=](Index at, Index count) { f(count, u + at, v + at, y + at); });
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
void exp(Index n, const Scalar* x, Scalar* y) { run(active().exp, kFunctionGrain, n, x, y); }
void log(Index n, const Scalar* x, Scalar* y) { run(active().log, kFunctionGrain, n, x, y); }
void tanh(Index n, const Scalar* x, Scalar* y) { run(active().tanh, kFunctionGrain, n, x, y); }
void sigmoid(Index n, const Scalar* x, Scalar* y) {
  run(active().sigmoid, kFunctionGrain, n, x, y);
}
void relu(Index n, const Scalar* x, Scalar* y) { run(active().relu, kElementGrain, n, x, y); }

void tanh_backward(Index n, const Scalar* delta, const Scalar* z, Scalar* dx) {
  run(active().tanh_backward, kElementGrain, n, delta, z, dx);
}
void sigmoid_backward(Index n, const Scalar* delta, const Scalar* z, Scalar* dx) {
  run(active().sigmoid_backward, kElementGrain, n, delta, z, dx);
}
void relu_backward(Index n, const Scalar* delta, const Scalar* z, Scalar* dx) {
  run(active().relu_backward, kElementGrain, n, delta, z, dx);
}

void bce(Index n, const Scalar* t, const Scalar* p, Scalar* cost) {
  run(active().bce, kFunctionGrain, n, t, p, cost);
}
void bce_backward(Index n, const Scalar* t, const Scalar* p, Scalar* dp) {
  run(active().bce_backward, kElementGrain, n, t, p, dp);
}
void bce_with_logits(Index n, const Scalar* t, const Scalar* z, Scalar* cost) {
  run(active().bce_with_logits, kFunctionGrain, n, t, z, cost);
}
void bce_with_logits_backward(Index n, const Scalar* t, const Scalar* z, Scalar* dz) {
  run(active().bce_with_logits_backward, kFunctionGrain, n, t, z, dz);
}

void bce_with_logits_both(Index n, const Scalar* t, const Scalar* z, Scalar* cost, Scalar* dz) {
  in_pieces(n, kFunctionGrain, [=](Index at, Index count) {
    active().bce_with_logits_both(count, t + at, z + at, cost + at, dz + at);
  });
}

void row_sums(Index rows, Index n, const Scalar* x, Scalar* y) { active().row_sums(rows, n, x, y); }
void softmax(Index rows, Index n, const Scalar* x, Scalar* p, Scalar* log_p) {
  in_rows(rows, n, [=](Index at, Index count) {
    active().softmax(count, n, x + at, p ? p + at : p, log_p ? log_p + at : log_p);
  });
}

Range range(Index n, const Scalar* x) { return active().range(n, x); }

void copy_runs(const Runs& runs, const Scalar* images, Scalar* windows) {
  active().copy_runs(runs, images, windows);
}
void add_runs(const Runs& runs, const Scalar* windows, Scalar* images) {
  active().add_runs(runs, windows, images);
}

void max_pool(const PoolLine& line, const Scalar* x, Scalar* best, Scalar* places) {
  active().max_pool(line, x, best, places);
}
void max_pool_backward(const PoolLine& line, const Scalar* delta, const Scalar* places, bool only,
                       Scalar* dx) {
  active().max_pool_backward(line, delta, places, only, dx);
}

void axpy(Index n, Scalar alpha, const Scalar* x, Scalar* y) {
  in_pieces(n, kElementGrain,
            [=](Index at, Index count) { active().axpy(count, alpha, x + at, y + at); });
}
void adam(Index n, const AdamStep& step, const Scalar* g, Scalar* m, Scalar* v, Scalar* w) {
  in_pieces(n, kElementGrain, [=, &step](Index at, Index count) {
    active().adam(count, step, g + at, m + at, v + at, w + at);
  });
}

}  // namespace nn::inline NN_PRECISION::kernels
