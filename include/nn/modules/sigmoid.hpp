#pragma once

#include "nn/modules/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = 1 / (1 + e^-x), element by element; any shape.
///
/// In float the slope z (1 - z) has 5 right digits up to x = 5.8, 3 up to 10.4 and 1 up to 15.1; it
/// is 0 from about 17.3 on, where it should be 3e-8. Below 0 it has all digits, down to x = -87.
/// Instead of a Sigmoid as the last layer take BCEWithLogitsLoss, whose gradient needs no slope.
/// Elsewhere keep x small by the scale of inputs and weights, or use libnn_f64 (0 from 37 on).
class Sigmoid : public ElementwiseByResult {
 public:
  std::string kind() const override { return "Sigmoid"; }

 protected:
  void apply(Index n, const Scalar* x, Scalar* z) const override;
  Tensor delta_by(const Tensor& delta, const Tensor& z) const override;
};

}}  // namespace nn::NN_PRECISION
