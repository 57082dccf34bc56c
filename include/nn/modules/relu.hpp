#pragma once

#include "nn/modules/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = max(x, 0), element by element; any shape. The slope at 0 is 0; NaN stays NaN.
class ReLU : public ElementwiseByResult {
 public:
  std::string kind() const override { return "ReLU"; }

 protected:
  void apply(Index n, const Scalar* x, Scalar* z) const override;
  Tensor delta_by(const Tensor& delta, const Tensor& z) const override;
};

}}  // namespace nn::NN_PRECISION
