#include "support/golden.hpp"

#include <gtest/gtest.h>

#include "nn/modules/avg_pool1d.hpp"
#include "nn/modules/avg_pool2d.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/log_softmax.hpp"
#include "nn/modules/max_pool1d.hpp"
#include "nn/modules/max_pool2d.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/reshape.hpp"
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
TEST(GoldenModules, LeakyReLU) {
  check<LeakyReLU>("LeakyReLU", [] { return LeakyReLU(); });
}
TEST(GoldenModules, ELU) {
  check<ELU>("ELU", [] { return ELU(0.7); });
}

/// A layer for examples of that shape, which the linear layer before it gives flat.
template <class M>
void check_shaped(const char* name, const Shape& example, auto... arguments) {
  check<Sequential>(name, [=] { return Sequential(Reshape(example), M(arguments...)); });
}

TEST(GoldenModules, Conv1D) {
  check_shaped<Conv1D>("Conv1D", {7, 2}, 3, 2, 4);
  check_shaped<Conv1D>("Conv1DStride", {8, 1}, 3, 1, 3, 2);
}
TEST(GoldenModules, Conv2D) {
  check_shaped<Conv2D>("Conv2D", {5, 4, 2}, 3, 2, 4);
  check_shaped<Conv2D>("Conv2DRectangle", {6, 4, 2}, Size2(3, 2), 2, 3, Size2(2, 1), Size2(1, 0));
  check_shaped<Conv2D>(
      "Conv2DNoBias", {4, 4, 1},
      Conv2DOptions{.kernel = 3, .chan_in = 1, .chan_out = 3, .padding = 1, .bias = false});
}
TEST(GoldenModules, MaxPool) {
  check_shaped<MaxPool1D>("MaxPool1D", {7, 3}, 2);
  check_shaped<MaxPool1D>("MaxPool1DOverlap", {8, 2}, 3, 2);
  check_shaped<MaxPool2D>("MaxPool2D", {5, 4, 3}, 2);
  check_shaped<MaxPool2D>("MaxPool2DPadding", {6, 4, 2}, Size2(3, 2), Size2(2, 1), Size2(1, 0));
}
TEST(GoldenModules, AvgPool) {
  check_shaped<AvgPool1D>("AvgPool1D", {8, 2}, 3, 2);
  check_shaped<AvgPool2D>("AvgPool2D", {6, 4, 2}, Size2(3, 2), Size2(2, 1), Size2(1, 0));
}

}  // namespace
}  // namespace nn::test
