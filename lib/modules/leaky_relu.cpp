#include "nn/modules/leaky_relu.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION {

LeakyReLU::LeakyReLU(double slope) : slope_(static_cast<Scalar>(slope)) {
  if (!std::isfinite(slope_)) throw ArgumentError(describe() + ": expected a finite slope");
}

Tensor LeakyReLU::predict(const Tensor& x) const {
  return map(x, [slope = slope_](Scalar v) { return v > 0 ? v : slope * v; });
}

Tensor LeakyReLU::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, x.shape());
  // dL/dx = dL/dz where x > 0, else slope dL/dz
  return zip(delta, x, [slope = slope_](Scalar d, Scalar v) { return v > 0 ? d : slope * d; });
}

std::string LeakyReLU::describe() const { return "LeakyReLU(" + to_text(slope_) + ")"; }

}  // namespace nn::inline NN_PRECISION
