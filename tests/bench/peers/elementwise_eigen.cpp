// Elementwise functions and softmax by Eigen's arrays.
#include "bench/elementwise_cases.hpp"
#include "eigen.hpp"

namespace {

using Values = Eigen::Map<const Eigen::ArrayXf>;
using Results = Eigen::Map<Eigen::ArrayXf>;
using Rows = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void tanh(std::int64_t n, const float* x, float* y) { Results(y, n) = Values(x, n).tanh(); }
void exp(std::int64_t n, const float* x, float* y) { Results(y, n) = Values(x, n).exp(); }
void log(std::int64_t n, const float* x, float* y) { Results(y, n) = Values(x, n).log(); }
// Not Eigen's own logistic: that one is wrong by thousands of units in the tail.
void sigmoid(std::int64_t n, const float* x, float* y) {
  Results(y, n) = (1.f + (-Values(x, n)).exp()).inverse();
}

bench::Call softmax(std::int64_t rows, std::int64_t columns, const float* x, float* y) {
  return [=] {
    const Eigen::Map<const Rows> from(x, rows, columns);
    Eigen::Map<Rows> to(y, rows, columns);
    for (std::int64_t i = 0; i < rows; ++i) {
      to.row(i) = (from.row(i) - from.row(i).maxCoeff()).exp();
      to.row(i) /= to.row(i).sum();
    }
  };
}

}  // namespace

int main() {
  bench::peer = kEigen;
  bench::measure_function(bench::kTanh, tanh);
  bench::measure_function(bench::kExp, exp);
  bench::measure_function(bench::kSigmoid, sigmoid);
  bench::measure_function(bench::kLog, log);
  bench::measure_softmax(softmax);
}
