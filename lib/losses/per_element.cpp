#include "losses/per_element.hpp"

#include <string>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/reduce.hpp"

namespace nn::inline NN_PRECISION::detail {

Tensor matching_target(const char* loss, const Tensor& y, const Tensor& yhat) {
  bool column = yhat.rank() == 2 && yhat.size(1) == 1 && y.shape() == Shape{yhat.size(0)};
  if (yhat.rank() < 1 || (y.shape() != yhat.shape() && !column))
    throw ShapeError(std::string(loss) + ": targets " + y.shape().to_string() + " for outputs " +
                     yhat.shape().to_string());
  return y.reshape(yhat.shape());
}

void check_unit_interval(const char* loss, const char* what, const Tensor& x) {
  auto check = [&](Scalar v) {
    if (v < 0 || v > 1)
      throw RangeError(std::string(loss) + ": " + what + " " + to_text(v) +
                       ": expected a number in [0, 1]");
  };
  const kernels::Range range = kernels::range(x.numel(), x.contiguous().data());
  if (range.low > range.high) return;  // no number at all
  check(range.low);
  check(range.high);
}

Tensor pair_up(PairKernel kernel, const Tensor& y, const Tensor& yhat) {
  Tensor result(yhat.shape());
  kernel(yhat.numel(), y.contiguous().data(), yhat.contiguous().data(), result.data());
  return result;
}

Tensor sum_per_example(const Tensor& terms) {
  Index batch = terms.size(0);
  return sum(terms.reshape({batch, outputs(terms.shape())}), 1);
}

Index outputs(const Shape& yhat) {
  Index count = 1;
  for (int dim = 1; dim < yhat.rank(); ++dim) count *= yhat[dim];
  return count;
}

}  // namespace nn::inline NN_PRECISION::detail
