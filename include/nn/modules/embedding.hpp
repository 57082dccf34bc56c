#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z[b, t] = E[x[b, t]]: rows of a table. x: (batch, length) or (batch), whole numbers from 0 to
/// count - 1; E: (count, features), z: (batch, length, features) or (batch, features). E starts
/// from N(0, 1). dL/dx is 0. A row that is named several times gets its gradients in the order of
/// the batch. RangeError, which names the row of x, for any other number in x; ShapeError unless
/// count, features >= 1.
class Embedding : public Layer {
 public:
  Embedding(Index count, Index features);

  Tensor forward(const Tensor& x) override { return predict(x); }
  void predict_into(const Tensor& x, Tensor& z) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override { visitor.parameter(table_); }
  std::string kind() const override { return "Embedding"; }
  Options options() const override;

  const ParameterPtr& weight() const { return table_; }  // E

 private:
  Index row(const Scalar* x, Index position, Index length) const;

  Index count_, features_;
  ParameterPtr table_;
};

}}  // namespace nn::NN_PRECISION
