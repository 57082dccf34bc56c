#include "nn/ops/softmax.hpp"

#include <string>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION {
namespace {

using Kernel = void (*)(Index rows, Index n, const Scalar* x, Scalar* y);

Tensor over_last_dimension(const char* name, Kernel kernel, const Tensor& x) {
  if (x.rank() == 0) throw ShapeError(std::string(name) + ": expected at least one dimension");
  Tensor y(x.shape());
  const Index n = x.size(x.rank() - 1);
  if (n > 0) kernel(x.numel() / n, n, x.contiguous().data(), y.data());
  return y;
}

}  // namespace

Tensor softmax(const Tensor& x) { return over_last_dimension("softmax", kernels::softmax, x); }

Tensor log_softmax(const Tensor& x) {
  return over_last_dimension("log_softmax", kernels::log_softmax, x);
}

}  // namespace nn::inline NN_PRECISION
