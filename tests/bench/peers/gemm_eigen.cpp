// Matrix products by Eigen.
#include "bench/gemm_cases.hpp"
#include "eigen.hpp"

int main() {
  bench::peer = kEigen;
  Eigen::setNbThreads(bench::thread_count());
  bench::measure_products([](const bench::Product& p) -> bench::Call {
    const ConstMap a(p.a, p.a_transposed ? p.k : p.m, p.lda());
    const ConstMap b(p.b, p.b_transposed ? p.n : p.k, p.ldb());
    Map c(p.c, p.m, p.n);
    if (p.a_transposed) return [=]() mutable { c.noalias() = a.transpose() * b; };
    if (p.b_transposed) return [=]() mutable { c.noalias() = a * b.transpose(); };
    if (p.m == 1) return [=]() mutable { c.row(0).noalias() = a.row(0) * b; };
    return [=]() mutable { c.noalias() = a * b; };
  });
}
