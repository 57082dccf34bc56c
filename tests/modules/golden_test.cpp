#include <gtest/gtest.h>

#include "nn/modules/reshape.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/golden_training.hpp"
#include "support/module_cases.hpp"

namespace nn::test { namespace {

/// A case is named by the text of its network.
std::unique_ptr<Module> network(const GoldenCase& expected) {
  if (expected.name() == "tied AutoEncoder") return make_tied_auto_encoder();
  return parsed(expected.name(), expected["x"].shape().without(0));
}

TEST(GoldenModules, OutputsAndGradientsArePyTorchs) {
  for (const GoldenCase& expected : golden("layers.txt")) {
    SCOPED_TRACE(expected.name());
    const auto module = network(expected);
    set_parameters(*module, expected.list("parameter"));
    const Tensor &x = expected["x"], &delta = expected["delta"];
    EXPECT_TRUE(close(module->forward(x), expected["z"], golden_tolerance));
    module->zero_grad();
    EXPECT_TRUE(close(module->backward(x, delta), expected["dx"], golden_tolerance));
    const std::vector<Tensor> gradients = expected.list("gradient");
    for (std::size_t i = 0; i < gradients.size(); ++i)
      EXPECT_TRUE(close(module->parameters()[i]->grad, gradients[i], golden_tolerance));
  }
}

/// The cost sum(delta z) of an example, delta its target.
class Projection : public Loss {
 public:
  Tensor forward(const Tensor& delta, const Tensor& z) const override {
    Tensor products = delta * z;
    return nn::sum(products.reshape({z.size(0), products.numel() / z.size(0)}), 1);
  }
  Tensor backward(const Tensor& delta, const Tensor&) const override { return delta.clone(); }
  Index terms(const Shape&) const override { return 1; }
  std::string describe() const override { return "Projection"; }
};

/// Training on sum(delta z) / batch, with a linear layer before the module. Not of an Embedding,
/// nor of a BatchNorm: a bias before it has no gradient but rounding.
TEST(GoldenModules, StepsArePyTorchs) {
  for (const GoldenCase& expected : golden("layers.txt")) {
    if (!expected.has("inputs")) continue;
    SCOPED_TRACE(expected.name());
    const Tensor &x = expected["inputs"], &inner = expected["x"];
    Sequential net{Linear(x.size(1), inner.numel() / inner.size(0)),
                   Reshape(inner.shape().without(0))};
    net.append(network(expected));
    check_training(net, Projection(), Reduction::batch_mean, x, expected["delta"], expected);
  }
}

}  // namespace
}  // namespace nn::test
