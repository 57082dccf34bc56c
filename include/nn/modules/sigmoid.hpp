#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = 1 / (1 + e^-x), element by element; any shape.
///
/// In float the slope z (1 - z) has 5 right digits up to x = 5.8, 3 up to 10.4 and 1 up to 15.1; it
/// is 0 from about 17.3 on, where it should be 3e-8. Below 0 it has all digits, down to x = -87.
/// Instead of a Sigmoid as the last layer take BCEWithLogitsLoss, whose gradient needs no slope.
/// Elsewhere keep x small by the scale of inputs and weights, or use libnn_f64 (0 from 37 on).
class Sigmoid : public Module {
 public:
  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "Sigmoid"; }

 private:
  Tensor x_, z_;  // of the last forward
};

}}  // namespace nn::NN_PRECISION
