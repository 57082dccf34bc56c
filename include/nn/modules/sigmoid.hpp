#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = 1 / (1 + e^-x), element by element; any shape.
class Sigmoid : public Module {
 public:
  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "Sigmoid"; }

 private:
  Tensor x_, z_;  // of the last forward
};

}}  // namespace nn::NN_PRECISION
