#pragma once

#include <cmath>
#include <limits>
#include <utility>

#include "bench/bench.hpp"

/// Matrix products in the three forms that training a dense layer x (m, k), W (k, n) takes:
///    NN  y (m, n)  = x W          NT  dx (m, k) = dy W^T          TN  dW (k, n) = x^T dy
/// The conv layers are the products of an im2col convolution, W (m, k) times columns (k, n).
/// Prints GFLOP/s, and a line WRONG for a result that a sum in double does not confirm.
namespace bench {

struct Layer {
  const char* name;
  int m, k, n;
};
// Read by cases.py too: one layer on a line.
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

/// C (m, n) = op(A) (m, k) op(B) (k, n), dense, row after row; a transposed operand is stored as
/// its transpose. If is_vector, m is 1, and a peer may call its product of vector and matrix.
struct Product {
  int m, n, k;
  bool a_transposed, b_transposed, is_vector;
  const float *a, *b;
  float* c;

  int lda() const { return a_transposed ? m : k; }
  int ldb() const { return b_transposed ? k : n; }
  float a_at(std::int64_t i, std::int64_t p) const {
    return a_transposed ? a[p * lda() + i] : a[i * lda() + p];
  }
  float b_at(std::int64_t p, std::int64_t j) const {
    return b_transposed ? b[j * ldb() + p] : b[p * ldb() + j];
  }
};

/// The worst error of up to 2000 elements of C, in units of epsilon times the sum of |a b|.
inline double worst_error(const Product& p) {
  const std::int64_t count = std::int64_t{p.m} * p.n;
  const std::int64_t stride = std::max<std::int64_t>(1, count / 2000) | 1;
  double worst = 0;
  for (std::int64_t e = 0; e < count; e += stride) {
    double sum = 0, size = 0;
    for (int s = 0; s < p.k; ++s) {
      const double term =
          static_cast<double>(p.a_at(e / p.n, s)) * static_cast<double>(p.b_at(s, e % p.n));
      sum += term;
      size += std::abs(term);
    }
    const double error = std::abs(static_cast<double>(p.c[e]) - sum) /
                         (size * std::numeric_limits<float>::epsilon() + 1e-300);
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

template <class Prepare>
void measure_product(const std::string& name, Product p, Prepare&& prepare) {
  if (!selected(name)) return;
  Numbers numbers(7);
  const Array<float> a(std::int64_t{p.m} * p.k, numbers, -1, 1);
  const Array<float> b(std::int64_t{p.k} * p.n, numbers, -1, 1);
  const Array<float> c(std::int64_t{p.m} * p.n);
  p.a = a.data();
  p.b = b.data();
  p.c = c.data();
  const Call product = prepare(std::as_const(p));
  if (!product) return;
  product();
  const double error = worst_error(p);
  const double flops = 2.0 * p.m * p.n * p.k;
  report(name, "GFLOP/s", 1e-9 * flops / time_of(product));
  if (!(error < 2 * std::sqrt(static_cast<double>(p.k)) + 8)) report(name, "WRONG", error);
}

/// prepare(product) is what computes it once; an empty Call where the peer has no such product.
template <class Prepare>
void measure_products(Prepare&& prepare) {
  for (const Layer& l : kLayers) {
    const std::string name = l.name;
    measure_product(name + "-NN", {l.m, l.n, l.k, false, false, false, {}, {}, {}}, prepare);
    measure_product(name + "-NT", {l.m, l.k, l.n, false, true, false, {}, {}, {}}, prepare);
    measure_product(name + "-TN", {l.k, l.n, l.m, true, false, false, {}, {}, {}}, prepare);
  }
  measure_product("gemv256x128", {1, 128, 256, false, false, true, {}, {}, {}}, prepare);
}

}  // namespace bench
