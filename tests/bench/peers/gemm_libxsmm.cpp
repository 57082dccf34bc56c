// Matrix products by libxsmm, which compiles a kernel for each size; that is not timed. A large
// product is one kernel without blocking, as blocking is the caller's part; above 2.5e8
// multiply-adds it is left out. libxsmm counts columns first: C^T = op(B)^T op(A)^T.
#include <libxsmm.h>

#include "bench/gemm_cases.hpp"

int main() {
  bench::peer = "libxsmm " LIBXSMM_CONFIG_VERSION;
  libxsmm_init();
  bench::measure_products([](const bench::Product& p) -> bench::Call {
    if (1.0 * p.m * p.n * p.k > 2.5e8) return {};
    const libxsmm_blasint lda = p.ldb(), ldb = p.lda(), ldc = p.n;
    const float one = 1, zero = 0;
    const int flags = (p.b_transposed ? LIBXSMM_GEMM_FLAG_TRANS_A : 0) |
                      (p.a_transposed ? LIBXSMM_GEMM_FLAG_TRANS_B : 0);
    const int prefetch = LIBXSMM_GEMM_PREFETCH_NONE;
    const libxsmm_smmfunction kernel =
        libxsmm_smmdispatch(p.n, p.m, p.k, &lda, &ldb, &ldc, &one, &zero, &flags, &prefetch);
    if (!kernel) return {};
    return [=] { kernel(p.b, p.a, p.c); };
  });
}
