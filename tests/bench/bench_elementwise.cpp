// Functions of n values: n = 2^20 (ns per element and GB/s read and written) and n = 8192, and the
// largest error in units of the last place, against long double. As peers flush subnormal numbers,
// results below 1e-30 are left out of the error.
#include <cmath>
#include <limits>
#include <string>

#include "bench.hpp"
#include "kernels/kernels.hpp"
#include "nn/core/threads.hpp"

namespace {

using nn::Index;
using nn::Scalar;

struct Function {
  const char* name;
  void (*run)(Index, const Scalar*, Scalar*);
  long double (*exact)(long double);
  double low, high;  // of the values whose error is measured
};

long double exact_tanh(long double x) { return std::tanh(x); }
long double exact_exp(long double x) { return std::exp(x); }
long double exact_log(long double x) { return std::log(x); }
long double exact_sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

constexpr Function kFunctions[] = {{"tanh", nn::kernels::tanh, exact_tanh, -20, 20},
                                   {"exp", nn::kernels::exp, exact_exp, -80, 80},
                                   {"sigmoid", nn::kernels::sigmoid, exact_sigmoid, -20, 20},
                                   {"log", nn::kernels::log, exact_log, 1e-6, 80}};

void measure_speed(const Function& f, Index n, const char* size) {
  const std::string name = std::string(f.name) + size;
  if (!bench::selected(name)) return;
  bench::Numbers numbers(5);
  bench::Array<Scalar> x(n, numbers, f.low > 0 ? 0.1 : -4, 4), y(n);
  const double t = bench::time_of([&] { f.run(n, x.data(), y.data()); }, 0.01, 11);
  const double elements = static_cast<double>(n);
  bench::report(name, "ns/elem", 1e9 * t / elements);
  if (n > 10000) bench::report(name, "GB/s", 1e-9 * 2 * sizeof(Scalar) * elements / t);
}

/// The range, evenly, then the binary orders of magnitude from 2^-22 to 2.
bench::Array<Scalar> error_sample(const Function& f, Index n) {
  bench::Array<Scalar> x(n);
  const Index half = n / 2;
  for (Index i = 0; i < half; ++i) {
    const double at = static_cast<double>(i) / static_cast<double>(half);
    x.data()[i] = static_cast<Scalar>(f.low + (f.high - f.low) * at);
    const double small = std::ldexp(1.0 + at, static_cast<int>(i % 24) - 22);
    x.data()[half + i] = static_cast<Scalar>(f.low < 0 && i % 2 ? -small : small);
  }
  return x;
}

void measure_error(const Function& f) {
  if (!bench::selected(f.name)) return;
  const Index n = Index{1} << 20;
  const bench::Array<Scalar> x = error_sample(f, n);
  bench::Array<Scalar> y(n);
  f.run(n, x.data(), y.data());
  double worst = 0;
  for (Index i = 0; i < n; ++i) {
    const long double exact = f.exact(x.data()[i]);
    if (std::fabs(exact) < 1e-30L) continue;
    int exponent = 0;
    std::frexp(exact, &exponent);
    const long double unit = std::ldexp(1.0L, exponent - std::numeric_limits<Scalar>::digits);
    const auto error = static_cast<double>(std::fabs(y.data()[i] - exact) / unit);
    if (!(error <= worst)) worst = error;
  }
  bench::report(f.name, "max-ulp", worst);
}

}  // namespace

int main() {
  nn::set_num_threads(bench::thread_count());
  for (const Function& f : kFunctions) {
    measure_speed(f, Index{1} << 20, "-1M");
    measure_speed(f, 8192, "-8K");
    measure_error(f);
  }
}
