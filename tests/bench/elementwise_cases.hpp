#pragma once

#include <cmath>
#include <limits>

#include "bench/bench.hpp"

/// Functions of n values, n = 2^20 and 8192: nanoseconds for each, and the largest error in units
/// of the last place, against long double. As peers flush subnormal numbers, results below 1e-30
/// are left out of the error. Softmax over rows of 10 and of 1024: nanoseconds for each value.
namespace bench {

using Function = void (*)(std::int64_t n, const float* x, float* y);

struct ExactFunction {
  const char* name;
  long double (*exact)(long double);
  double low, high;  // of the values whose error is measured
};

inline long double exact_tanh(long double x) { return std::tanh(x); }
inline long double exact_exp(long double x) { return std::exp(x); }
inline long double exact_sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }
inline long double exact_log(long double x) { return std::log(x); }

constexpr ExactFunction kTanh{"tanh", exact_tanh, -20, 20};
constexpr ExactFunction kExp{"exp", exact_exp, -80, 80};
constexpr ExactFunction kSigmoid{"sigmoid", exact_sigmoid, -20, 20};
constexpr ExactFunction kLog{"log", exact_log, 1e-6, 80};

inline void measure_speed(const ExactFunction& f, Function run, std::int64_t n, const char* size) {
  const std::string name = std::string(f.name) + size;
  if (!selected(name)) return;
  Numbers numbers(5);
  const Array<float> x(n, numbers, f.low > 0 ? 0.1 : -4, 4), y(n);
  const double t = time_of([&] { run(n, x.data(), y.data()); });
  report(name, "ns/elem", 1e9 * t / static_cast<double>(n));
}

/// The range, evenly, then the binary orders of magnitude from 2^-22 to 2.
inline Array<float> error_sample(const ExactFunction& f, std::int64_t n) {
  Array<float> x(n);
  const std::int64_t half = n / 2;
  for (std::int64_t i = 0; i < half; ++i) {
    const double at = static_cast<double>(i) / static_cast<double>(half);
    x.data()[i] = static_cast<float>(f.low + (f.high - f.low) * at);
    const double small = std::ldexp(1.0 + at, static_cast<int>(i % 24) - 22);
    x.data()[half + i] = static_cast<float>(f.low < 0 && i % 2 ? -small : small);
  }
  return x;
}

inline void measure_error(const ExactFunction& f, Function run) {
  if (!selected(f.name)) return;
  const std::int64_t n = std::int64_t{1} << 20;
  const Array<float> x = error_sample(f, n), y(n);
  run(n, x.data(), y.data());
  double worst = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const long double exact = f.exact(x.data()[i]);
    if (std::fabs(exact) < 1e-30L) continue;
    int exponent = 0;
    std::frexp(exact, &exponent);
    const long double unit = std::ldexp(1.0L, exponent - std::numeric_limits<float>::digits);
    const auto error = static_cast<double>(std::fabs(y.data()[i] - exact) / unit);
    if (!(error <= worst)) worst = error;
  }
  report(f.name, "max-ulp", worst);
}

inline void measure_function(const ExactFunction& f, Function run) {
  measure_speed(f, run, std::int64_t{1} << 20, "-1M");
  measure_speed(f, run, 8192, "-8K");
  measure_error(f, run);
}

/// prepare(rows, columns, x, y) is a Call that computes the softmax of each row of x, into y or
/// into memory of its own.
template <class Prepare>
void measure_softmax(Prepare&& prepare) {
  for (std::int64_t columns : {10, 1024}) {
    const std::string name = "softmax-" + std::to_string(columns) + "cols-1M";
    if (!selected(name)) continue;
    const std::int64_t rows = (std::int64_t{1} << 20) / columns, n = rows * columns;
    Numbers numbers(5);
    const Array<float> x(n, numbers, -4, 4), y(n);
    const Call softmax = prepare(rows, columns, static_cast<const float*>(x.data()), y.data());
    report(name, "ns/elem", 1e9 * time_of(softmax) / static_cast<double>(n));
  }
}

}  // namespace bench
