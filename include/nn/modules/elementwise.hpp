#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What layers of any shape share that work element by element: z_i = f(x_i).
class Elementwise : public Layer {
 public:
  Tensor forward(const Tensor& x) override { return predict(x); }
  void predict_into(const Tensor& x, Tensor& z) const override;
  bool in_place() const override { return true; }
  Shape output_shape(const Shape& input) const override { return input; }

 protected:
  /// z[i] = f(x[i]) for i in [0, n); z may be x.
  virtual void apply(Index n, const Scalar* x, Scalar* z) const = 0;
};

/// Those whose dL/dx follows from z, which forward() keeps.
class ElementwiseByResult : public Elementwise {
 public:
  Tensor forward(const Tensor& x) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;

 protected:
  /// dL/dx from delta = dL/dz and z, by the slope at each element.
  virtual Tensor delta_by(const Tensor& delta, const Tensor& z) const = 0;

 private:
  Tensor x_, z_;  // of the last forward
};

}}  // namespace nn::NN_PRECISION
