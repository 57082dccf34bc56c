// What one thread can reach, or PB_THREADS together: fused multiply-adds in registers alone, in
// vectors of 8 and of 16 floats, and bytes read and written in data that fill half of each cache,
// and in data that fit in none. With two threads also the bytes that one reads of what the other
// has just written.
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "bench/bench.hpp"

namespace {

constexpr long kLoops = 20'000'000;
constexpr int kChains = 12;  // enough to hide the latency: no chain waits for its last result

// kLoops times a multiply-add in each of 12 registers; `value` is in all of them.
#define MULTIPLY_ADD(registers)                                                               \
  long loops = kLoops;                                                                        \
  const float value = 1e-6f;                                                                  \
  asm volatile(                                                                               \
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12\n"                                                 \
      "vbroadcastss %1, %%" registers                                                         \
      "\\r\n"                                                                                 \
      ".endr\n"                                                                               \
      "1:\n"                                                                                  \
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n"                                                    \
      "vfmadd231ps %%" registers "12, %%" registers "12, %%" registers                        \
      "\\r\n"                                                                                 \
      ".endr\n"                                                                               \
      "dec %0\n"                                                                              \
      "jnz 1b\n"                                                                              \
      "vzeroupper\n"                                                                          \
      : "+r"(loops)                                                                           \
      : "m"(value)                                                                            \
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", \
        "xmm10", "xmm11", "xmm12")

void multiply_add_8() { MULTIPLY_ADD("ymm"); }
void multiply_add_16() { MULTIPLY_ADD("zmm"); }

/// The sum over the threads of what f() measures in each, the best of seven: it is a limit.
template <class F>
double total(F f) {
  double best = 0;
  for (int round = 0; round < 7; ++round) {
    std::vector<double> parts(static_cast<std::size_t>(bench::thread_count()));
    std::vector<std::thread> threads;
    for (double& part : parts) threads.emplace_back([&] { part = f(); });
    for (std::thread& thread : threads) thread.join();
    double sum = 0;
    for (double part : parts) sum += part;
    best = std::max(best, sum);
  }
  return best;
}

void report_multiply_adds(const char* name, void (*run)(), int floats) {
  bench::report(name, "GFLOP/s", total([&] {
                  const double begin = bench::seconds();
                  run();
                  return 2e-9 * floats * kChains * kLoops / (bench::seconds() - begin);
                }));
}

/// GB/s of y = y + 2 x for as many passes as move two gigabytes.
double update_speed(std::int64_t bytes) {
  const std::int64_t n = bytes / (2 * static_cast<std::int64_t>(sizeof(float)));
  const bench::Array<float> x(n), y(n);
  const std::int64_t moved = 3 * n * static_cast<std::int64_t>(sizeof(float));
  const std::int64_t passes = std::max<std::int64_t>(1, 2'000'000'000 / moved);
  const double begin = bench::seconds();
  for (std::int64_t pass = 0; pass < passes; ++pass) {
    const float* __restrict from = x.data();
    float* __restrict to = y.data();
    for (std::int64_t i = 0; i < n; ++i) to[i] += 2 * from[i];
    asm volatile("" ::: "memory");
  }
  return 1e-9 * static_cast<double>(moved * passes) / (bench::seconds() - begin);
}

void report_bandwidth(const char* name, std::int64_t bytes) {
  bench::report(name, "GB/s", total([&] { return update_speed(bytes); }));
}

std::vector<int> allowed_cpus() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  return cpus;
}

void bind_thread_to(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  sched_setaffinity(0, sizeof one, &one);
}

/// GB/s at which a thread takes over 64 KB from another, on another CPU, that has just written
/// them, the median of many times. One number of each line is read, which brings the whole line.
double handover_speed(const std::vector<int>& cpus) {
  constexpr int times = 2000, line = 64 / sizeof(std::int64_t), lines = 1024;
  const bench::Array<std::int64_t> x(lines * line);
  std::atomic<int> written{0}, read{0};
  std::thread writer([&] {
    bind_thread_to(cpus.back());
    for (int i = 1; i <= times; ++i) {
      while (read.load() < i - 1) std::this_thread::yield();
      for (int j = 0; j < lines; ++j) x.data()[j * line] = i;
      written = i;
    }
  });
  bind_thread_to(cpus.front());
  std::vector<double> taken;
  std::int64_t sum = 0;
  for (int i = 1; i <= times; ++i) {
    while (written.load() < i) std::this_thread::yield();
    const double begin = bench::seconds();
    for (int j = 0; j < lines; ++j) sum += x.data()[j * line];
    taken.push_back(bench::seconds() - begin);
    read = i;
  }
  writer.join();
  if (sum != std::int64_t{lines} * times * (times + 1) / 2) return 0;
  std::nth_element(taken.begin(), taken.begin() + times / 2, taken.end());
  return 1e-9 * 64 * lines / taken[times / 2];
}

std::int64_t cache_size(int which, std::int64_t otherwise) {
  const std::int64_t size = sysconf(which);
  return size > 0 ? size : otherwise;
}

}  // namespace

int main() {
  bench::peer = "peak";
  if (__builtin_cpu_supports("fma")) report_multiply_adds("fma-avx2", multiply_add_8, 8);
  if (__builtin_cpu_supports("avx512f")) report_multiply_adds("fma-avx512", multiply_add_16, 16);
  const std::int64_t last = cache_size(_SC_LEVEL3_CACHE_SIZE, 32 << 20);
  report_bandwidth("L1", cache_size(_SC_LEVEL1_DCACHE_SIZE, 32 << 10) / 2);
  report_bandwidth("L2", cache_size(_SC_LEVEL2_CACHE_SIZE, 512 << 10) / 2);
  report_bandwidth("L3", last / 2 / bench::thread_count());
  report_bandwidth("DRAM", std::max<std::int64_t>(256 << 20, 4 * last));
  const std::vector<int> cpus = allowed_cpus();
  if (bench::thread_count() > 1 && cpus.size() > 1)
    bench::report("other CPU", "GB/s", handover_speed(cpus));
}
