#pragma once

#include "nn/modules/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x for x > 0, else slope x, element by element; any shape. At 0 its derivative is the slope;
/// NaN stays NaN. ArgumentError unless the slope is finite.
class LeakyReLU : public Elementwise {
 public:
  explicit LeakyReLU(double slope = 0.01);

  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  std::string kind() const override { return "LeakyReLU"; }
  Options options() const override;

 protected:
  void apply(Index n, const Scalar* x, Scalar* z) const override;

 private:
  Scalar slope_;
};

}}  // namespace nn::NN_PRECISION
