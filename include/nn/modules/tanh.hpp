#pragma once

#include "nn/modules/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = tanh x, element by element; any shape.
///
/// In float the slope 1 - z^2 has 5 right digits up to |x| = 3, 3 up to 5.4 and 1 up to 7.7; it is
/// 0 from about 8.5 on, where it should be 1.7e-7. Keep |x| small by the scale of inputs and
/// weights, or use libnn_f64 (0 from 19 on).
class TanH : public ElementwiseByResult {
 public:
  std::string kind() const override { return "TanH"; }

 protected:
  void apply(Index n, const Scalar* x, Scalar* z) const override;
  Tensor delta_by(const Tensor& delta, const Tensor& z) const override;
};

}}  // namespace nn::NN_PRECISION
