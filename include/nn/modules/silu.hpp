#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x / (1 + e^-x), element by element; any shape. Also called Swish. NaN stays NaN. Source:
/// Elfwing, Uchibe and Doya, Neural Networks 107, 2018.
class SiLU : public Module {
 public:
  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "SiLU"; }
};

}}  // namespace nn::NN_PRECISION
