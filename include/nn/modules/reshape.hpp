#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Each example in another shape, its elements in row-major order: Reshape({16, 16, 1}) makes
/// images of rows of 256.  x: (batch, ...), z: (batch, shape...). ShapeError if an example has
/// another number of elements.
class Reshape : public Module {
 public:
  explicit Reshape(const Shape& example) : example_(example) {}

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override { return x.reshape(output_shape(x.shape())); }
  bool in_place() const override { return true; }
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  std::string kind() const override { return "Reshape"; }
  Options options() const override;

 private:
  Shape example_;
};

}}  // namespace nn::NN_PRECISION
