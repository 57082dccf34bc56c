#include "nn/modules/elu.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION {

ELU::ELU(double alpha) : alpha_(static_cast<Scalar>(alpha)) {
  if (!std::isfinite(alpha_)) throw ArgumentError(describe() + ": expected a finite alpha");
}

Tensor ELU::predict(const Tensor& x) const {
  return zip(x, tanh(x / 2), [alpha = alpha_](Scalar v, Scalar t) {
    return v > 0 ? v : alpha * (2 * t / (1 - t));
  });
}

Tensor ELU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  // dL/dx = dL/dz where x > 0, else dL/dz alpha e^x
  Tensor slope = zip(
      x, exp(x), [alpha = alpha_](Scalar v, Scalar e) { return v > 0 ? Scalar{1} : alpha * e; });
  return delta * slope;
}

std::string ELU::describe() const { return "ELU(" + to_text(alpha_) + ")"; }

}  // namespace nn::inline NN_PRECISION
