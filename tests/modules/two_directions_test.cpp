#include "nn/modules/two_directions.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(TwoDirections, ReadsRowsAndColumns) {
  TwoDirections layer{Sequential(), Sequential()};
  Tensor x = tensor({{{1, 2, 3}, {4, 5, 6}}});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{1, 2, 3, 4, 5, 6, 1, 4, 2, 5, 3, 6}})));
  Tensor delta = tensor({{1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60}});
  EXPECT_TRUE(same_bits(layer.backward(x, delta), tensor({{{11, 32, 53}, {24, 45, 66}}})));
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

TEST(TwoDirections, IsItsNetworksSideBySide) {
  auto branch = [](Index channels) {
    return Sequential(Conv1D(3, 1, channels), MaxPool1D(2), Flatten());
  };
  TwoDirections layer(branch(2), branch(3));
  Sequential rows = branch(2), columns = branch(3);
  Tensor x = wave({5, 4, 6}), z = layer.forward(x);
  Tensor signal = x.reshape({5, 24, 1}), turned = x.transpose(1, 2).reshape({5, 24, 1});
  EXPECT_EQ(z.shape(), (Shape{5, 22 + 33}));
  EXPECT_TRUE(same_bits(z.slice(1, 0, 22), rows.forward(signal)));
  EXPECT_TRUE(same_bits(z.slice(1, 22, 55), columns.forward(turned)));
  Tensor delta = wave(z.shape(), 1), dx = layer.backward(x, delta);
  Tensor a = rows.backward(signal, delta.slice(1, 0, 22)).reshape({5, 4, 6});
  Tensor b = columns.backward(turned, delta.slice(1, 22, 55)).reshape({5, 6, 4});
  EXPECT_TRUE(same_bits(dx, a + b.transpose(1, 2)));
  EXPECT_TRUE(same_bits(layer.parameters()[0]->grad, rows.parameters()[0]->grad));
  EXPECT_TRUE(same_bits(layer.parameters()[2]->grad, columns.parameters()[0]->grad));
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
  std::vector<std::string> names;
  for (auto& [name, parameter] : layer.named_parameters()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"rows.0.weight", "rows.0.bias", "columns.1.weight",
                                             "columns.1.bias"}));
}

}  // namespace
}  // namespace nn::test
