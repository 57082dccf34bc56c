// Matrix products by the BLAS that is linked, PEER by name.
#include "bench/gemm_cases.hpp"
#include "cblas.hpp"

int main() {
  bench::peer = PEER;
  bench::measure_products([](const bench::Product& p) -> bench::Call {
    if (p.is_vector)
      return [p] {
        cblas_sgemv(kRowMajor, kTransposed, p.k, p.n, 1, p.b, p.ldb(), p.a, 1, 0, p.c, 1);
      };
    return [p] {
      cblas_sgemm(kRowMajor, p.a_transposed ? kTransposed : kPlain,
                  p.b_transposed ? kTransposed : kPlain, p.m, p.n, p.k, 1, p.a, p.lda(), p.b,
                  p.ldb(), 0, p.c, p.n);
    };
  });
}
