// Matrix products in the three forms that training a dense layer x (m, k), W (k, n) takes:
//    NN  y (m, n)  = x W          NT  dx (m, k) = dy W^T          TN  dW (k, n) = x^T dy
// The conv cases are the products of an im2col convolution, W (m, k) times columns (k, n).
// Prints GFLOP/s, and a line WRONG for a result that a sum in double does not confirm.
#include <cmath>
#include <limits>
#include <string>

#include "bench.hpp"
#include "kernels/kernels.hpp"
#include "nn/core/threads.hpp"

namespace {

using nn::Index;
using nn::Scalar;
namespace kernels = nn::kernels;

struct Layer {
  const char* name;
  Index m, k, n;
};
constexpr Layer kLayers[] = {
    {"sq32", 32, 32, 32},
    {"sq64", 64, 64, 64},
    {"sq128", 128, 128, 128},
    {"sq256", 256, 256, 256},
    {"sq512", 512, 512, 512},
    {"sq1024", 1024, 1024, 1024},
    {"sq2048", 2048, 2048, 2048},
    {"fc100x256x128", 100, 256, 128},
    {"fc20x4064x100", 20, 4064, 100},
    {"fc100x128x64", 100, 128, 64},
    {"fc100x64x10", 100, 64, 10},
    {"fc60x784x128", 60, 784, 128},
    {"fc1x256x128", 1, 256, 128},
    {"conv32x9x16384", 32, 9, 16384},
    {"conv64x288x4096", 64, 288, 4096},
    {"conv64x576x3136", 64, 576, 3136},
};

struct Operands {
  Index m, n, k;
  kernels::ConstMatrix a, b;
};

/// The worst error of up to 2000 elements of C, in units of epsilon times the sum of |a b|.
double worst_error(const Operands& p, const Scalar* c) {
  const Index stride = std::max<Index>(1, p.m * p.n / 2000) | 1;
  double worst = 0;
  for (Index e = 0; e < p.m * p.n; e += stride) {
    const Index i = e / p.n, j = e % p.n;
    double sum = 0, size = 0;
    for (Index s = 0; s < p.k; ++s) {
      const double term = static_cast<double>(p.a.data[i * p.a.row_stride + s * p.a.col_stride]) *
                          static_cast<double>(p.b.data[s * p.b.row_stride + j * p.b.col_stride]);
      sum += term;
      size += std::abs(term);
    }
    const double error = std::abs(static_cast<double>(c[e]) - sum) /
                         (size * std::numeric_limits<Scalar>::epsilon() + 1e-300);
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

void measure(const std::string& name, Index m, Index n, Index k, bool a_transposed,
             bool b_transposed) {
  if (!bench::selected(name)) return;
  bench::Numbers numbers(7);
  bench::Array<Scalar> a(m * k, numbers, -1, 1), b(k * n, numbers, -1, 1), c(m * n);
  const Operands p{
      m, n, k,
      a_transposed ? kernels::ConstMatrix{a.data(), 1, m} : kernels::ConstMatrix{a.data(), k, 1},
      b_transposed ? kernels::ConstMatrix{b.data(), 1, k} : kernels::ConstMatrix{b.data(), n, 1}};
  auto product = [&] { kernels::gemm(m, n, k, 1, p.a, p.b, 0, {c.data(), n, 1}); };
  product();
  const double error = worst_error(p, c.data());
  const double flops = 2.0 * static_cast<double>(m * n * k);
  const bool large = flops > 1e9;
  bench::report(name, "GFLOP/s",
                1e-9 * flops / bench::time_of(product, large ? 0.05 : 0.005, large ? 7 : 15));
  if (!(error < 2 * std::sqrt(static_cast<double>(k)) + 8)) bench::report(name, "WRONG", error);
}

}  // namespace

int main() {
  nn::set_num_threads(bench::thread_count());
  for (const Layer& l : kLayers) {
    measure(std::string(l.name) + "-NN", l.m, l.n, l.k, false, false);
    measure(std::string(l.name) + "-NT", l.m, l.k, l.n, false, true);
    measure(std::string(l.name) + "-TN", l.k, l.n, l.m, true, false);
  }
  measure("gemv256x128", 1, 128, 256, false, false);
}
