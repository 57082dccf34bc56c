#pragma once

#include "nn/modules/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x for x > 0, else alpha (e^x - 1), element by element; any shape. Source: Clevert,
/// Unterthiner and Hochreiter, ICLR 2016, eq. 15. At 0 the derivative is alpha; NaN stays NaN.
/// e^x - 1 is computed as 2 t / (1 - t), t = tanh(x / 2), which loses no digits near 0.
/// ArgumentError unless alpha is finite.
class ELU : public Elementwise {
 public:
  explicit ELU(double alpha = 1);

  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  std::string kind() const override { return "ELU"; }
  Options options() const override;

 protected:
  void apply(Index n, const Scalar* x, Scalar* z) const override;

 private:
  Scalar alpha_;
};

}}  // namespace nn::NN_PRECISION
