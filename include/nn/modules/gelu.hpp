#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// How GELU computes the normal distribution; PyTorch's "approximate".
enum class Approximate { none, tanh };

/// z = x Phi(x), element by element; any shape. Phi is the normal distribution, (1 + erf(x / sqrt
/// 2)) / 2, or with Approximate::tanh
///
///     (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
///
/// NaN stays NaN. Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
class GELU : public Module {
 public:
  explicit GELU(Approximate approximate = Approximate::none) : approximate_(approximate) {}

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "GELU"; }
  Options options() const override;

 private:
  Approximate approximate_;
};

}}  // namespace nn::NN_PRECISION
