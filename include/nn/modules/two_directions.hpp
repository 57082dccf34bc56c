#pragma once

#include "nn/modules/sequential.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Images as signals in two directions. One network gets each image read row after row, another one
/// gets it read column after column, both as (batch, height width, 1). Their outputs, flattened,
/// lie side by side in z, those of the rows first.
///
/// x: (batch, height, width), or (batch, n, 1) for square images of n pixels, row after row;
/// z: (batch, features of the rows + features of the columns). Errors say in which network they
/// are: "TwoDirections, columns: layer 0, Conv1D(...): ...".
class TwoDirections : public Module {
 public:
  TwoDirections(Sequential rows, Sequential columns);

  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Tensor backward(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  /// Names its parts "rows" and "columns".
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "TwoDirections"; }

  /// The two networks.
  Sequential& rows() { return rows_; }
  Sequential& columns() { return columns_; }

 private:
  void check_backward(const Tensor& x, const Tensor& delta) const;
  Shape signal_shape(const Shape& input) const;
  Shape image_shape(const Shape& input) const;
  Shape rows_shape(const Shape& input) const;
  Shape columns_shape(const Shape& input) const;
  Tensor by_rows(const Tensor& x) const;
  Tensor by_columns(const Tensor& x) const;
  Tensor image_delta(const Tensor& x, const Tensor& rows, const Tensor& columns) const;
  Tensor rows_delta(const Tensor& x, const Tensor& delta) const;
  Tensor columns_delta(const Tensor& x, const Tensor& delta) const;

  Sequential rows_, columns_;
  Tensor x_, x_columns_;  // of the last forward, and what the columns got of it
};

}}  // namespace nn::NN_PRECISION
