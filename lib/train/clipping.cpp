#include "nn/train/clipping.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// NaN stays NaN.
Tensor clamped(const Tensor& g, Scalar limit) {
  return map(g, [=](Scalar v) { return v > limit ? limit : v < -limit ? -limit : v; });
}

}  // namespace

void check_clipping(const Clipping& clipping) {
  for (double limit : {clipping.value, clipping.norm})
    if (!(limit >= 0) || !std::isfinite(static_cast<Scalar>(limit)))
      throw ArgumentError("Clipping: limit " + to_text(limit) + ": expected a finite number >= 0");
}

double clip_gradients(const std::vector<ParameterPtr>& parameters, const Clipping& clipping) {
  double squares = 0;
  for (const ParameterPtr& p : parameters) {
    if (p->frozen) continue;
    if (clipping.value > 0) p->grad = clamped(p->grad, static_cast<Scalar>(clipping.value));
    const double length = norm(p->grad);
    squares += length * length;
  }
  const double length = std::sqrt(squares), factor = clipping.norm / (length + 1e-6);
  if (clipping.norm > 0 && std::isfinite(length) && factor < 1)
    for (const ParameterPtr& p : parameters)
      if (!p->frozen) scal(static_cast<Scalar>(factor), p->grad);
  return length;
}

}}  // namespace nn::NN_PRECISION
