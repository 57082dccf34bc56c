#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/parallel.hpp"
#include "nn/modules/residual.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/modules/two_directions.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// What golden values do not tell of AutoEncoder, Residual, Parallel and TwoDirections.
namespace nn::test { namespace {

std::vector<std::string> names(const Module& module) {
  std::vector<std::string> found;
  for (const auto& [name, parameter] : module.named_parameters()) found.push_back(name);
  return found;
}

AutoEncoder small() {
  return AutoEncoder(Sequential(Linear(6, 4), TanH(), Linear(4, 2)),
                     Sequential(Linear(2, 6), Sigmoid()));
}

TEST(AutoEncoder, EncodesAndDecodes) {
  AutoEncoder net = small();
  Tensor x = wave({5, 6}), code = net.encode(x);
  EXPECT_EQ(code.shape(), (Shape{5, 2}));
  EXPECT_TRUE(same_bits(net.decode(code), net.forward(x)));
}

TEST(AutoEncoder, EncodeLeavesTheLastForwardAlone) {
  AutoEncoder net = small();
  Tensor x = wave({5, 6}), delta = wave({5, 6}, 1);
  net.forward(x);
  Tensor dx = net.backward_delta(x, delta);
  net.decode(net.encode(wave({3, 6}, 2)));
  EXPECT_TRUE(same_bits(net.backward_delta(x, delta), dx));
}

TEST(AutoEncoder, NamesAndSharedParameters) {
  Linear first(6, 3);
  TiedLinear last(first);
  AutoEncoder net(Sequential(std::move(first)), Sequential(Sigmoid(), std::move(last)));
  EXPECT_EQ(names(net), (std::vector<std::string>{"encoder.0.weight", "encoder.0.bias",
                                                  "decoder.1.weight", "decoder.1.bias"}));
  EXPECT_EQ(net.parameters().size(), 3u);
  EXPECT_EQ(net.parameter_count(), 18 + 3 + 6);
}

TEST(AutoEncoder, ErrorsNameThePart) {
  AutoEncoder net = small();
  const char* expected =
      "AutoEncoder, encoder: layer 0, Linear(6, 4): expected (batch, 6), got (5, 7)";
  EXPECT_EQ(message_of<ShapeError>([&] { net.forward(wave({5, 7})); }), expected);
  EXPECT_EQ(message_of<ShapeError>([&] { net.encode(wave({5, 7})); }), expected);
  EXPECT_EQ(message_of<ShapeError>([&] {
              net.decode(wave({5, 3}));
            }),
            "AutoEncoder, decoder: layer 0, Linear(2, 6): expected (batch, 2), got (5, 3)");
  net.forward(wave({5, 6}));
  EXPECT_THROW(net.backward(wave({4, 6}), wave({4, 6})), ShapeError);
}

TEST(Residual, TakesLayersOrANetwork) {
  Residual layers{Linear(3, 3), TanH()}, network{Sequential{Linear(3, 3), TanH()}}, one{TanH()};
  EXPECT_TRUE(same_bits(layers.forward(wave({4, 3})), network.forward(wave({4, 3}))));
  EXPECT_EQ(one.inner().size(), 1);
  EXPECT_EQ(names(layers), (std::vector<std::string>{"inner.0.weight", "inner.0.bias"}));
  Residual moved = std::move(layers), outer{Residual(Linear(3, 3)), TanH()};
  EXPECT_EQ(moved.inner().size(), 2);
  EXPECT_EQ(outer.inner().size(), 2);
}

TEST(Residual, OfNothingDoubles) {
  Residual layer{Sequential()};
  Tensor x = wave({2, 3}), delta = wave({2, 3}, 1);
  EXPECT_TRUE(same_bits(layer.forward(x), 2 * x));
  EXPECT_TRUE(same_bits(layer.backward(x, delta), 2 * delta));
}

TEST(Residual, NamesWhatDoesNotFit) {
  EXPECT_EQ(message_of<ShapeError>([] {
              Residual(Sequential(Linear(4, 3))).forward(wave({2, 4}));
            }),
            "Residual: expected an inner network that keeps (2, 4), got (2, 3)");
  EXPECT_EQ(message_of<ShapeError>([] {
              Residual(Sequential(Linear(4, 4))).forward(wave({2, 3}));
            }),
            "Residual, inner: layer 0, Linear(4, 4): expected (batch, 4), got (2, 3)");
}

TEST(Parallel, OneBranchIsThatBranch) {
  for (Join join : {Join::concatenate, Join::add}) {
    Parallel layer(join, Sequential(Linear(3, 2)));
    Linear alone(3, 2);
    Tensor x = wave({4, 3}), delta = wave({4, 2}, 1);
    EXPECT_TRUE(same_bits(layer.forward(x), alone.forward(x)));
    EXPECT_TRUE(close(layer.backward(x, delta), alone.backward(x, delta), 0));
  }
}

TEST(Parallel, NamesItsParts) {
  Parallel layer(Join::add, Sequential(Linear(3, 2)), Sequential(Flatten(), Linear(3, 2)));
  EXPECT_EQ(names(layer),
            (std::vector<std::string>{"0.0.weight", "0.0.bias", "1.1.weight", "1.1.bias"}));
  EXPECT_EQ(layer.clone()->named_parameters()[2].first, "1.1.weight");
  EXPECT_THROW(layer[2], RangeError);
}

TEST(Parallel, NamesWhatDoesNotFit) {
  const Tensor x = wave({2, 3});
  auto message = [&](Parallel layer) { return message_of<ShapeError>([&] { layer.forward(x); }); };
  EXPECT_EQ(message(Parallel(Join::add)),
            "Parallel(add=true): expected at least one branch, got (2, 3)");
  EXPECT_EQ(message(Parallel(Join::add, Sequential(), Sequential(Linear(3, 2)))),
            "Parallel(add=true): expected branches with one output, (2, 3), got (2, 2)");
  EXPECT_EQ(message(Parallel(Join::concatenate, Sequential(), Sequential(Linear(4, 2)))),
            "Parallel, branch 1: layer 0, Linear(4, 2): expected (batch, 4), got (2, 3)");
  Parallel images(Join::concatenate, Sequential(), Sequential(Flatten()));
  EXPECT_TRUE(contains(message_of<ShapeError>([&] {
                         images.forward(wave({2, 3, 4}));
                       }),
                       "got (2, 12)"));
}

TEST(TwoDirections, TakesSquareSignals) {
  TwoDirections layer{Sequential(), Sequential()};
  Tensor x = tensor({{1, 2, 3, 4}}).reshape({1, 4, 1});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{1, 2, 3, 4, 1, 3, 2, 4}})));
  EXPECT_EQ(layer.backward_delta(x, wave({1, 8})).shape(), x.shape());
  EXPECT_TRUE(contains(message_of<ShapeError>([&] {
                         layer.forward(wave({2, 5, 1}));
                       }),
                       "got (2, 5, 1)"));
}

TEST(TwoDirections, ErrorsNameTheNetwork) {
  TwoDirections layer(Sequential(Conv1D(3, 1, 2)), Sequential(Flatten(), Linear(15, 2)));
  std::string message = message_of<ShapeError>([&] { layer.forward(wave({2, 4, 4})); });
  EXPECT_EQ(message,
            "TwoDirections, columns: layer 1, Linear(15, 2): expected (batch, 15), got (2, 16)");
  message = message_of<ShapeError>([&] { layer.forward(wave({2, 1, 2})); });
  EXPECT_TRUE(contains(message, "TwoDirections, rows: layer 0, Conv1D(3, 1, 2)")) << message;
  message = message_of<ShapeError>([&] { layer.forward(wave({2, 16})); });
  EXPECT_EQ(message,
            "TwoDirections: expected (batch, height, width) or (batch, height width, 1), got (2, "
            "16)");
}

TEST(TwoDirections, NamesOfParameters) {
  TwoDirections layer(Sequential(Conv1D(3, 1, 2)), Sequential(Flatten(), Linear(16, 2)));
  EXPECT_EQ(names(layer), (std::vector<std::string>{"rows.0.weight", "rows.0.bias",
                                                    "columns.1.weight", "columns.1.bias"}));
}

}  // namespace
}  // namespace nn::test
