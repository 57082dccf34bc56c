// Matrix products: the cases of gemm_cases.hpp.
#include "bench/gemm_cases.hpp"
#include "kernels/product.hpp"
#include "nn/core/threads.hpp"

namespace kernels = nn::kernels;

int main() {
  nn::set_num_threads(bench::thread_count());
  bench::measure_products([](const bench::Product& p) -> bench::Call {
    const kernels::ConstMatrix a = p.a_transposed ? kernels::ConstMatrix{p.a, 1, p.lda()}
                                                  : kernels::ConstMatrix{p.a, p.lda(), 1};
    const kernels::ConstMatrix b = p.b_transposed ? kernels::ConstMatrix{p.b, 1, p.ldb()}
                                                  : kernels::ConstMatrix{p.b, p.ldb(), 1};
    const kernels::Matrix c{p.c, p.n, 1};
    return [=] { kernels::gemm({.m = p.m, .n = p.n, .k = p.k, .a = a, .b = b, .c = c}); };
  });
}
