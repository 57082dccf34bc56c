#pragma once

#include "nn/core/philox.hpp"
#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// In training, each element is 0 with probability p, else x / (1 - p), so that the expected value
/// is x (Srivastava et al., JMLR 15, 2014; PyTorch's Dropout). In use, z = x. x, z: (batch, ...).
///
/// What is dropped depends on the seed and the step that the Optim sets, the layer's place among
/// the random layers of the network, the row of the batch and the element: on nothing else. In a
/// loop of one's own, Module::set_random() says seed and step; without it, every forward() drops
/// the same elements. Element e = 32 t + 8 w + l of row r, with w < 4 and l < 8, is dropped if its
/// random word, word w of philox4x32(8 t + l, r) under the key of RandomKey::philox(), is below
/// p 2^32. ArgumentError unless 0 <= p <= 1.
class Dropout : public Module {
 public:
  explicit Dropout(double p = 0.5);

  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  bool in_place() const override { return true; }
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override { visitor.random(key_); }
  std::string kind() const override { return "Dropout"; }
  Options options() const override;

 private:
  double p_;
  RandomKey key_;
  Tensor x_, factors_;  // of the last forward: x, and 0 or 1 / (1 - p); no factors in use
};

}}  // namespace nn::NN_PRECISION
