#include "nn/losses/cross_entropy_loss.hpp"

#include <algorithm>

#include "losses/class_targets.hpp"
#include "losses/per_element.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION {
namespace {

/// y as rows; those and yhat are probabilities.
Tensor checked_rows(const Tensor& y, const Tensor& yhat) {
  Tensor rows = detail::class_rows("CrossEntropyLoss", y, yhat);
  detail::check_unit_interval("CrossEntropyLoss", "probability", yhat);
  return rows;
}

}  // namespace

Tensor CrossEntropyLoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor rows = checked_rows(y, yhat);
  return detail::sum_per_example(zip(rows, log(yhat), [](Scalar t, Scalar log_p) {
    return t == 0 ? 0 : -t * std::max<Scalar>(log_p, -100);
  }));
}

Tensor CrossEntropyLoss::backward(const Tensor& y, const Tensor& yhat) const {
  Tensor rows = checked_rows(y, yhat);
  return zip(rows, yhat, [](Scalar t, Scalar p) {
    return -t / std::max<Scalar>(p, static_cast<Scalar>(1e-12));
  });
}

Index CrossEntropyLoss::terms(const Shape&) const { return 1; }

}  // namespace nn::inline NN_PRECISION
