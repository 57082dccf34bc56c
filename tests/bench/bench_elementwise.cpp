// Elementwise functions and softmax: the cases of elementwise_cases.hpp.
#include "bench/elementwise_cases.hpp"
#include "kernels/kernels.hpp"
#include "nn/core/tensor.hpp"
#include "nn/core/threads.hpp"
#include "nn/ops/softmax.hpp"

namespace {

bench::Call softmax(nn::Index rows, nn::Index columns, const float* x, float*) {
  nn::Tensor scores(nn::Shape{rows, columns});
  std::copy_n(x, scores.numel(), scores.data());
  return [scores] { nn::softmax(scores); };
}

}  // namespace

int main() {
  nn::set_num_threads(bench::thread_count());
  bench::measure_function(bench::kTanh, nn::kernels::tanh);
  bench::measure_function(bench::kExp, nn::kernels::exp);
  bench::measure_function(bench::kSigmoid, nn::kernels::sigmoid);
  bench::measure_function(bench::kLog, nn::kernels::log);
  bench::measure_softmax(softmax);
}
