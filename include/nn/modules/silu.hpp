#pragma once

#include "nn/modules/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x / (1 + e^-x), element by element; any shape. Also called Swish. NaN stays NaN. Source:
/// Elfwing, Uchibe and Doya, Neural Networks 107, 2018.
class SiLU : public Elementwise {
 public:
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  std::string kind() const override { return "SiLU"; }

 protected:
  void apply(Index n, const Scalar* x, Scalar* z) const override;
};

}}  // namespace nn::NN_PRECISION
