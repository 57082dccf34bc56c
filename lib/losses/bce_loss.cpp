#include "nn/losses/bce_loss.hpp"

#include <algorithm>
#include <string>

#include "losses/per_element.hpp"
#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/map.hpp"
#include "nn/ops/reduce.hpp"

namespace nn::inline NN_PRECISION {
namespace {

void check_probabilities(const Tensor& p) {
  bool inside = true;
  detail::for_each_row<1>(p.shape(), {&p}, [&](const auto& at, Index n, const auto& step) {
    const Scalar* v = p.data() + at[0];
    for (Index i = 0; i < n; ++i) inside = inside && !(v[i * step[0]] < 0 || v[i * step[0]] > 1);
  });
  if (!inside) throw RangeError("BCELoss: expected probabilities in [0, 1]");
}

/// max(ln p, -100), NaN for NaN.
Tensor clamped_log(const Tensor& p) {
  return map(log(p), [](Scalar v) { return v < -100 ? -100 : v; });
}

}  // namespace

Tensor BCELoss::forward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("BCELoss", y, yhat);
  check_probabilities(yhat);
  Tensor log_p = clamped_log(yhat), log_q = clamped_log(1 - yhat);
  return detail::sum_per_example(-(target * log_p + (1 - target) * log_q));
}

Tensor BCELoss::backward(const Tensor& y, const Tensor& yhat) const {
  Tensor target = detail::matching_target("BCELoss", y, yhat);
  check_probabilities(yhat);
  return zip(target, yhat, [](Scalar t, Scalar p) {
    return (p - t) / std::max<Scalar>(p * (1 - p), static_cast<Scalar>(1e-12));
  });
}

Index BCELoss::terms(const Shape& yhat) const { return detail::outputs(yhat); }

}  // namespace nn::inline NN_PRECISION
