#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x for x > 0, else alpha (e^x - 1), element by element; any shape. Source: Clevert,
/// Unterthiner and Hochreiter, ICLR 2016, eq. 15. At 0 the derivative is alpha; NaN stays NaN.
/// e^x - 1 is computed as 2 t / (1 - t), t = tanh(x / 2), which loses no digits near 0.
/// ArgumentError unless alpha is finite.
class ELU : public Module {
 public:
  explicit ELU(double alpha = 1);

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "ELU"; }
  Options options() const override;

 private:
  Scalar alpha_;
};

}}  // namespace nn::NN_PRECISION
