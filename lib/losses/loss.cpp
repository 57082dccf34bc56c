#include "nn/losses/loss.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "losses/loss_parts.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/reduce.hpp"
#include "ops/row_error.hpp"

namespace nn { inline namespace NN_PRECISION {

std::string to_string(Reduction reduction) {
  switch (reduction) {
    case Reduction::sum:
      return "sum";
    case Reduction::batch_mean:
      return "batch_mean";
    case Reduction::mean:
      return "mean";
  }
  return "";
}

Tensor Loss::forward_backward(const Tensor& y, const Tensor& yhat, Tensor& delta) const {
  Tensor costs = forward(y, yhat);
  delta = backward(y, yhat);
  return costs;
}

double Loss::divisor(Reduction reduction, const Shape& yhat) const {
  return yhat[0] == 0 ? 1 : divisor(reduction, yhat, static_cast<double>(yhat[0]));
}

double Loss::divisor(Reduction reduction, const Shape& yhat, double total_weight) const {
  if (reduction == Reduction::sum) return 1;
  if (reduction == Reduction::batch_mean) return total_weight;
  return total_weight * static_cast<double>(std::max<Index>(terms(yhat), 1));
}

/// What probably went wrong with targets that are no values for these outputs.
static const char* target_hint(const Shape& y, const Shape& yhat) {
  const bool one_each = y.rank() >= 1 && yhat.rank() == 2 && y[0] == yhat[0];
  if (one_each && y.numel() == y[0] && yhat[1] > 1)
    return "; class indices go with SoftmaxCrossEntropyLoss, or become rows by one_hot";
  if (one_each && y.rank() == 2 && y[1] > 1 && yhat[1] == 1)
    return "; one output takes 0 or 1 for each example, not one-hot rows";
  return "";
}

namespace detail {

Tensor matching_target(const char* loss, const Tensor& y, const Tensor& yhat) {
  bool column = yhat.rank() == 2 && yhat.size(1) == 1 && y.shape() == Shape{yhat.size(0)};
  if (yhat.rank() < 1 || (y.shape() != yhat.shape() && !column))
    throw ShapeError(std::string(loss) + ": targets " + y.shape().to_string() + " for outputs " +
                     yhat.shape().to_string() + target_hint(y.shape(), yhat.shape()));
  return y.reshape(yhat.shape());
}

void check_unit_interval(const char* loss, const char* what, const Tensor& x, const char* hint) {
  const Tensor values = x.contiguous();
  const kernels::MinMax range = kernels::active().min_max(values.numel(), values.data());
  if (!(range.min < 0 || range.max > 1)) return;
  const Scalar* bad = values.data();
  while (!(*bad < 0 || *bad > 1)) ++bad;
  throw RowError(std::string(loss) + ": " + what + " " + to_text(*bad),
                 (bad - values.data()) / x.shape().example_numel(),
                 std::string("expected a number in [0, 1]") + hint);
}

bool holds_indices(const char* loss, const Tensor& y, const Tensor& yhat) {
  if (yhat.rank() == 2 && y.shape() == yhat.shape()) {
    check_unit_interval(loss, "target", y);
    return false;
  }
  if (y.rank() >= 1 && yhat.rank() == 2 && y.numel() == y.size(0) && y.size(0) == yhat.size(0))
    return true;
  throw ShapeError(std::string(loss) + ": targets " + y.shape().to_string() + " for outputs " +
                   yhat.shape().to_string());
}

Tensor sum_per_example(const Tensor& terms) {
  const Tensor values = terms.contiguous();
  Tensor costs(Shape{terms.size(0)});
  kernels::active().row_sums(costs.numel(), terms.shape().example_numel(), values.data(),
                             costs.data());
  return costs;
}

}  // namespace detail
}}  // namespace nn::NN_PRECISION
