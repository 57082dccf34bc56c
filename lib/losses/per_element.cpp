#include "losses/per_element.hpp"

#include <string>

#include "nn/core/error.hpp"
#include "nn/core/loops.hpp"
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
  for_each_row<1>(x.shape(), {&x}, [&](const auto& at, Index n, const auto& step) {
    const Scalar* v = x.data() + at[0];
    for (Index i = 0; i < n; ++i) {
      if (!(v[i * step[0]] < 0 || v[i * step[0]] > 1)) continue;
      throw RangeError(std::string(loss) + ": " + what + " " + to_text(v[i * step[0]]) +
                       ": expected a number in [0, 1]");
    }
  });
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
