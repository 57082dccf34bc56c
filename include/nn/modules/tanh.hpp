#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = tanh x, element by element; any shape.
///
/// In float the slope 1 - z^2 has 5 right digits up to |x| = 3, 3 up to 5.4 and 1 up to 7.7; it is
/// 0 from about 8.5 on, where it should be 1.7e-7. Keep |x| small by the scale of inputs and
/// weights, or use libnn_f64 (0 from 19 on).
class TanH : public Module {
 public:
  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "TanH"; }

 private:
  Tensor x_, z_;  // of the last forward
};

}}  // namespace nn::NN_PRECISION
