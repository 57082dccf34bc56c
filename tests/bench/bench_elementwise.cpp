// Elementwise functions and softmax: the cases of elementwise_cases.hpp.
#include "bench/elementwise_cases.hpp"
#include "kernels/kernels.hpp"
#include "nn/core/tensor.hpp"
#include "nn/core/threads.hpp"
#include "nn/ops/softmax.hpp"

namespace {

using nn::kernels::Table;

template <auto kKernel>
void shared(nn::Index n, const float* x, float* y) {
  nn::kernels::in_parallel(n, nn::kernels::kFunctionGrain, nn::kernels::active().*kKernel, x, y);
}

bench::Call softmax(nn::Index rows, nn::Index columns, const float* x, float*) {
  nn::Tensor scores(nn::Shape{rows, columns});
  std::copy_n(x, scores.numel(), scores.data());
  return [scores] { nn::softmax(scores); };
}

}  // namespace

int main() {
  nn::set_num_threads(bench::thread_count());
  bench::measure_function(bench::kTanh, shared<&Table::tanh>);
  bench::measure_function(bench::kExp, shared<&Table::exp>);
  bench::measure_function(bench::kSigmoid, shared<&Table::sigmoid>);
  bench::measure_function(bench::kLog, shared<&Table::log>);
  bench::measure_softmax(softmax);
}
