#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x for x > 0, else a x; a: (parameters), trained, 0.25 at the start. One parameter serves any
/// shape; several: one for each channel, the last dimension of x (batch, ..., parameters). At 0 the
/// derivative is a; NaN stays NaN. Source: He, Zhang, Ren and Sun, ICCV 2015. ShapeError unless
/// parameters >= 1.
class PReLU : public Layer {
 public:
  explicit PReLU(Index parameters = 1);

  Tensor forward(const Tensor& x) override { return predict(x); }
  void predict_into(const Tensor& x, Tensor& z) const override;
  bool in_place() const override { return true; }
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override { visitor.parameter(slope_); }
  bool adds_once() const override { return true; }
  std::string kind() const override { return "PReLU"; }
  Options options() const override;

  const ParameterPtr& weight() const { return slope_; }  // a

 private:
  ParameterPtr slope_;
  Index parameters_;
};

}}  // namespace nn::NN_PRECISION
