#pragma once

#include "nn/modules/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

/// How GELU computes the normal distribution; PyTorch's "approximate".
enum class Approximate { none, tanh };

/// z = x Phi(x), element by element; any shape. Phi is the normal distribution, (1 + erf(x / sqrt
/// 2)) / 2, or with Approximate::tanh
///
///     (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
///
/// NaN stays NaN. Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
class GELU : public Elementwise {
 public:
  explicit GELU(Approximate approximate = Approximate::none) : approximate_(approximate) {}

  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  std::string kind() const override { return "GELU"; }
  Options options() const override;

 protected:
  void apply(Index n, const Scalar* x, Scalar* z) const override;

 private:
  Approximate approximate_;
};

}}  // namespace nn::NN_PRECISION
