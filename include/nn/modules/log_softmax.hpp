#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z_j = x_j - ln sum_k e^{x_k} over the last dimension, computed from x - max x, which cannot
/// overflow.
class LogSoftmax : public Layer {
 public:
  Tensor forward(const Tensor& x) override;
  void predict_into(const Tensor& x, Tensor& z) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  std::string kind() const override { return "LogSoftmax"; }

 private:
  Tensor x_, z_;  // of the last forward
};

}}  // namespace nn::NN_PRECISION
