#include "nn/ops/softmax.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION {
namespace {

/// x - max x, row by row, contiguous.
Tensor shifted(const char* operation, const Tensor& x) {
  if (x.rank() == 0) throw ShapeError(std::string(operation) + ": expected at least one dimension");
  Tensor result = x.clone();
  Index n = x.size(x.rank() - 1);
  for (Scalar* row = result.data(); n > 0 && row < result.data() + result.numel(); row += n) {
    Scalar largest = *std::max_element(row, row + n);
    for (Index j = 0; j < n; ++j) row[j] -= largest;
  }
  return result;
}

/// The sum of each row of n elements.
Tensor row_sums(const Tensor& x, Index n) {
  Tensor sums(Shape{n > 0 ? x.numel() / n : 0});
  for (Index i = 0; i < sums.numel(); ++i) {
    double sum = 0;
    for (Index j = 0; j < n; ++j) sum += x.data()[i * n + j];
    sums.data()[i] = static_cast<Scalar>(sum);
  }
  return sums;
}

}  // namespace

Tensor softmax(const Tensor& x) {
  Tensor p = shifted("softmax", x);
  kernels::exp(p.numel(), p.data(), p.data());
  Index n = x.size(x.rank() - 1);
  Tensor sums = row_sums(p, n);
  for (Index i = 0; i < sums.numel(); ++i)
    for (Index j = 0; j < n; ++j) p.data()[i * n + j] /= sums.data()[i];
  return p;
}

Tensor log_softmax(const Tensor& x) {
  Tensor z = shifted("log_softmax", x);
  Tensor e(z.shape());
  kernels::exp(z.numel(), z.data(), e.data());
  Index n = x.size(x.rank() - 1);
  Tensor sums = row_sums(e, n);
  kernels::log(sums.numel(), sums.data(), sums.data());
  for (Index i = 0; i < sums.numel(); ++i)
    for (Index j = 0; j < n; ++j) z.data()[i * n + j] -= sums.data()[i];
  return z;
}

}  // namespace nn::inline NN_PRECISION
