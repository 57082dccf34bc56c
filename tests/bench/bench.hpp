#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

/// What the benchmarks share, ours and the peers'. Each prints lines `peer,case,metric,value`; the
/// environment variable PB_FILTER keeps the cases whose name contains it, PB_THREADS says how many
/// threads may be used. The peers' programs are compiled as C++17.
namespace bench {

/// The first column; a peer's program sets it before it reports.
inline std::string peer = "libnn";

/// What is timed, called again and again.
using Call = std::function<void()>;

inline double seconds() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

inline bool selected(std::string_view name) {
  const char* filter = std::getenv("PB_FILTER");
  return !filter || name.find(filter) != std::string_view::npos;
}

inline int thread_count() {
  const char* text = std::getenv("PB_THREADS");
  return text ? std::max(1, std::atoi(text)) : 1;
}

inline void report(std::string_view name, const char* metric, double value) {
  std::printf("%s,%.*s,%s,%.6g\n", peer.c_str(), static_cast<int>(name.size()), name.data(), metric,
              value);
  std::fflush(stdout);
}

/// Seconds per call of f: the least of many slices of time, each of as many calls as fill 0.3
/// milliseconds, for a third of a second. What else the machine does, its other guests included,
/// only slows; in one of the slices it rests.
template <class F>
double time_of(F&& f) {
  constexpr double slice = 0.0003, all = 0.3;
  auto run = [&](long calls) {
    const double start = seconds();
    for (long i = 0; i < calls; ++i) f();
    return seconds() - start;
  };
  run(1);
  long calls = 1;
  for (double t = run(calls); t < slice; t = run(calls))
    calls = std::max(calls + 1, static_cast<long>(static_cast<double>(calls) *
                                                  std::min(10.0, 1.2 * slice / (t + 1e-9))));
  double least = run(calls);
  const double start = seconds();
  for (int i = 0; i < 5 || seconds() - start < all; ++i) least = std::min(least, run(calls));
  return least / static_cast<double>(calls);
}

/// Repeatable numbers, uniform in [low, high).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  double next(double low, double high) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * static_cast<double>(state_ >> 40) * 0x1p-24;
  }

 private:
  std::uint64_t state_;
};

/// Values aligned to a cache line, as the library's own tensors are.
template <class T>
class Array {
 public:
  explicit Array(std::int64_t count)
      : data_(static_cast<T*>(
            ::operator new(static_cast<std::size_t>(count) * sizeof(T), kAlignment))) {
    std::fill_n(data(), count, T{0});
  }
  Array(std::int64_t count, Numbers& numbers, double low, double high) : Array(count) {
    for (std::int64_t i = 0; i < count; ++i) data()[i] = static_cast<T>(numbers.next(low, high));
  }
  T* data() const { return data_.get(); }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(T* p) const { ::operator delete(p, kAlignment); }
  };
  std::unique_ptr<T, Free> data_;
};

}  // namespace bench
