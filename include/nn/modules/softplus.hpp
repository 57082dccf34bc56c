#pragma once

#include "nn/modules/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = ln(1 + e^(beta x)) / beta, a smooth max(x, 0), element by element; any shape. Where beta x >
/// threshold, z = x, as in PyTorch. NaN stays NaN. ArgumentError unless beta is finite and above 0
/// and the threshold is finite.
class Softplus : public Elementwise {
 public:
  explicit Softplus(double beta = 1, double threshold = 20);

  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  std::string kind() const override { return "Softplus"; }
  Options options() const override;

 protected:
  void apply(Index n, const Scalar* x, Scalar* z) const override;

 private:
  Scalar beta_, threshold_;
};

}}  // namespace nn::NN_PRECISION
