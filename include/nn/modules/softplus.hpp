#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = ln(1 + e^(beta x)) / beta, a smooth max(x, 0), element by element; any shape. Where beta x >
/// threshold, z = x, as in PyTorch. NaN stays NaN. ArgumentError unless beta is finite and above 0
/// and the threshold is finite.
class Softplus : public Module {
 public:
  explicit Softplus(double beta = 1, double threshold = 20);

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "Softplus"; }
  Options options() const override;

 private:
  Scalar beta_, threshold_;
};

}}  // namespace nn::NN_PRECISION
