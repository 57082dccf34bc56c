#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x for x > 0, else slope x, element by element; any shape. At 0 its derivative is the slope;
/// NaN stays NaN. ArgumentError unless the slope is finite.
class LeakyReLU : public Module {
 public:
  explicit LeakyReLU(double slope = 0.01);

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "LeakyReLU"; }
  Options options() const override;

 private:
  Scalar slope_;
};

}}  // namespace nn::NN_PRECISION
