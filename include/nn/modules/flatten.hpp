#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Each example as one row.  x: (batch, ...), z: (batch, product of the rest), in row-major order.
class Flatten : public Module {
 public:
  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override { return x.reshape(output_shape(x.shape())); }
  bool in_place() const override { return true; }
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  std::string kind() const override { return "Flatten"; }
};

}}  // namespace nn::NN_PRECISION
