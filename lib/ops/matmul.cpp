#include "nn/ops/matmul.hpp"

#include <string>

#include "kernels/product.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

bool is_undefined(const Tensor& t) { return t.rank() == 1 && t.size(0) == 0; }

bool fit(const Tensor& a, const Tensor& b, const Tensor& c, const Tensor* bias) {
  if (a.rank() != 2 || b.rank() != 2 || c.rank() != 2 || (bias && bias->rank() != 1)) return false;
  const Index *m_k = a.shape().begin(), *k_n = b.shape().begin(), *m_n = c.shape().begin();
  return m_k[1] == k_n[0] && m_n[0] == m_k[0] && m_n[1] == k_n[1] &&
         (!bias || bias->shape().begin()[0] == k_n[1]);
}

/// What does not fit at once: an undefined C fits all.
void check_shapes(const Tensor& a, const Tensor& b, const Tensor& c, const Tensor* bias) {
  const bool fit = a.rank() == 2 && b.rank() == 2 && a.size(1) == b.size(0);
  auto fits = [&] { return c.rank() == 2 && c.size(0) == a.size(0) && c.size(1) == b.size(1); };
  if (!fit || (!fits() && !is_undefined(c)))
    throw ShapeError("gemm: A " + a.shape().to_string() + " times B " + b.shape().to_string() +
                     " does not give C " + c.shape().to_string());
  if (bias && (bias->rank() != 1 || bias->size(0) != b.size(1)))
    throw ShapeError("gemm: bias " + bias->shape().to_string() + " for " +
                     std::to_string(b.size(1)) + " columns");
}

/// C = A B + bias for one row and a matrix as it lies, without anything to decide, for a prediction
/// of one example. Returns whether it is that.
bool multiply_row(const Tensor& a, const Tensor& b, Tensor& c, const Tensor* bias) {
  constexpr Index kFewColumns = 256;  // more may be worth sharing
  const Index k = a.size(1), n = b.size(1);
  if (a.size(0) != 1) return false;
  const bool rows_lie = a.stride(1) == 1 && b.stride(1) == 1 && c.stride(1) == 1;
  const bool is_short = k > 0 && k <= kernels::kBlockSteps && n > 0 && n <= kFewColumns;
  if (!rows_lie || !is_short || may_overlap(a, c) || may_overlap(b, c)) return false;
  if (bias && (bias->stride(0) != 1 || may_overlap(*bias, c))) return false;
  kernels::active().row_by_rows(n, k, a.data(), 1, b.data(), b.stride(0), 0,
                                bias ? bias->data() : nullptr, c.data());
  return true;
}

kernels::ConstMatrix view(const Tensor& t) { return {t.data(), t.stride(0), t.stride(1)}; }

void multiply(Scalar alpha, const Tensor& a, const Tensor& b, Scalar beta, Tensor& c,
              const Tensor* bias) {
  if (!fit(a, b, c, bias)) {
    check_shapes(a, b, c, bias);
    c = Tensor(Shape{a.size(0), b.size(1)});
    beta = 0;
  }
  detail::check_writable("gemm", c);
  if (may_overlap(a, c)) return multiply(alpha, a.clone(), b, beta, c, bias);
  if (may_overlap(b, c)) return multiply(alpha, a, b.clone(), beta, c, bias);
  if (bias && (!bias->is_contiguous() || may_overlap(*bias, c))) {
    const Tensor row = bias->clone();
    return multiply(alpha, a, b, beta, c, &row);
  }
  kernels::gemm({.m = a.size(0),
                 .n = b.size(1),
                 .k = a.size(1),
                 .alpha_a = alpha,
                 .a = view(a),
                 .b = view(b),
                 .beta = beta,
                 .c = {c.data(), c.stride(0), c.stride(1)},
                 .bias = bias ? bias->data() : nullptr});
}

}  // namespace

void gemm(Scalar alpha, const Tensor& a, const Tensor& b, Scalar beta, Tensor& c,
          const Tensor* bias) {
  const bool done = alpha == 1 && beta == 0 && fit(a, b, c, bias) && multiply_row(a, b, c, bias);
  if (!done) multiply(alpha, a, b, beta, c, bias);
}

void column_sums(Scalar alpha, const Tensor& x, Scalar beta, Tensor& y) {
  if (is_undefined(y) && x.rank() == 2) {
    y = Tensor(Shape{x.size(1)});
    beta = 0;
  }
  const bool row = y.rank() == 1 || (y.rank() == 2 && y.size(0) == 1);
  if (x.rank() != 2 || !row || y.numel() != x.size(1))
    throw ShapeError("column_sums: X " + x.shape().to_string() + " for y " + y.shape().to_string());
  detail::check_writable("column_sums", y);
  if (may_overlap(x, y)) return column_sums(alpha, x.clone(), beta, y);
  const Scalar one = 1;
  kernels::gemm({.m = 1,
                 .n = x.size(1),
                 .k = x.size(0),
                 .alpha_a = alpha,
                 .a = {&one, 0, 0},
                 .b = view(x),
                 .beta = beta,
                 .c = {y.data(), 0, y.stride(y.rank() - 1)}});
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  if (a.rank() != 2 || b.rank() != 2)
    throw ShapeError("matmul: expected two matrices, got " + a.shape().to_string() + " and " +
                     b.shape().to_string());
  Tensor c;
  gemm(1, a, b, 0, c);
  return c;
}

}}  // namespace nn::NN_PRECISION
