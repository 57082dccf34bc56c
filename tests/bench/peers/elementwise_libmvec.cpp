// Elementwise functions and softmax by plain loops, which -ffast-math turns into calls of glibc's
// vector functions (libmvec).
#include "bench/elementwise_cases.hpp"

namespace {

void tanh(std::int64_t n, const float* __restrict x, float* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = std::tanh(x[i]);
}
void exp(std::int64_t n, const float* __restrict x, float* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = std::exp(x[i]);
}
void log(std::int64_t n, const float* __restrict x, float* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = std::log(x[i]);
}
void sigmoid(std::int64_t n, const float* __restrict x, float* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = 1 / (1 + std::exp(-x[i]));
}

void softmax_row(std::int64_t n, const float* __restrict x, float* __restrict y) {
  float largest = x[0], sum = 0;
  for (std::int64_t j = 1; j < n; ++j) largest = x[j] > largest ? x[j] : largest;
  for (std::int64_t j = 0; j < n; ++j) sum += y[j] = std::exp(x[j] - largest);
  const float scale = 1 / sum;
  for (std::int64_t j = 0; j < n; ++j) y[j] *= scale;
}

bench::Call softmax(std::int64_t rows, std::int64_t columns, const float* x, float* y) {
  return [=] {
    for (std::int64_t i = 0; i < rows; ++i) softmax_row(columns, x + i * columns, y + i * columns);
  };
}

}  // namespace

int main() {
  bench::peer = "libmvec";
  bench::measure_function(bench::kTanh, tanh);
  bench::measure_function(bench::kExp, exp);
  bench::measure_function(bench::kSigmoid, sigmoid);
  bench::measure_function(bench::kLog, log);
  bench::measure_softmax(softmax);
}
