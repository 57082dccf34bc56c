#include "support/golden.hpp"

#include <gtest/gtest.h>

#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/log_softmax.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"

namespace nn::test {
namespace {

void set_parameters(Module& module, const std::vector<Tensor>& parameters) {
  ASSERT_EQ(module.parameters().size(), parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i)
    module.parameters()[i]->value.copy_from(parameters[i]);
}

/// The gradients at given parameters.
void check_gradients(Module& module, const GoldenCase& expected) {
  set_parameters(module, expected.list("parameter"));
  const Tensor &x = expected["x"], &delta = expected["delta"];
  EXPECT_TRUE(close(module.forward(x), expected["z"], golden_tolerance));
  module.zero_grad();
  EXPECT_TRUE(close(module.backward(x, delta), expected["dx"], golden_tolerance));
  std::vector<Tensor> gradients = expected.list("gradient");
  for (std::size_t i = 0; i < gradients.size(); ++i)
    EXPECT_TRUE(close(module.parameters()[i]->grad, gradients[i], golden_tolerance));
}

/// Three steps of gradient descent on sum(delta z) / batch, with a linear layer before the module.
void check_training(Module& net, const GoldenCase& expected) {
  set_parameters(net, expected.list("start"));
  const Tensor& x = expected["inputs"];
  Tensor delta = expected["delta"] / static_cast<Scalar>(x.size(0));
  for (double cost : expected.numbers("costs")) {
    Tensor z = net.forward(x).reshape(delta.shape());
    EXPECT_NEAR(sum(delta * z), cost, golden_tolerance);
    net.zero_grad();
    net.backward_update_gradient(x, delta);
    net.update_parameters(Scalar(0.05));
  }
  std::vector<Tensor> trained = expected.list("trained");
  for (std::size_t i = 0; i < trained.size(); ++i)
    EXPECT_TRUE(close(net.parameters()[i]->value, trained[i], golden_tolerance));
}

template <class M>
void check(const char* name, auto make) {
  GoldenCase expected = golden("layers.txt", name);
  M alone = make();
  check_gradients(alone, expected);
  Sequential net;
  net.append(Linear(6, expected["x"].numel() / expected["x"].size(0)));
  net.append(make());
  check_training(net, expected);
}

TEST(GoldenModules, Linear) {
  check<Linear>("Linear", [] { return Linear(4, 3); });
  check<Linear>("LinearNoBias", [] { return Linear(4, 3, false); });
  check<Linear>("LinearWide", [] { return Linear(9, 17); });
}
TEST(GoldenModules, TanH) {
  check<TanH>("TanH", [] { return TanH(); });
}
TEST(GoldenModules, Sigmoid) {
  check<Sigmoid>("Sigmoid", [] { return Sigmoid(); });
}
TEST(GoldenModules, ReLU) {
  check<ReLU>("ReLU", [] { return ReLU(); });
}
TEST(GoldenModules, Softmax) {
  check<Softmax>("Softmax", [] { return Softmax(); });
}
TEST(GoldenModules, LogSoftmax) {
  check<LogSoftmax>("LogSoftmax", [] { return LogSoftmax(); });
}
TEST(GoldenModules, Flatten) {
  check<Flatten>("Flatten", [] { return Flatten(); });
}
TEST(GoldenModules, Sequential) {
  check<Sequential>("Mlp", [] {
    return Sequential(Linear(5, 7), TanH(), Linear(7, 6), ReLU(), Linear(6, 3), LogSoftmax());
  });
}

}  // namespace
}  // namespace nn::test
