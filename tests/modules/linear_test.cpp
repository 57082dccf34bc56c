#include "nn/modules/linear.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Linear, ByHand) {
  Linear layer(2, 3);
  layer.weight()->value.copy_from(tensor({{1, 2, 3}, {4, 5, 6}}));
  layer.bias()->value.copy_from(tensor({10, 20, 30}));
  Tensor x = tensor({{1, 0}, {2, -1}});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{11, 22, 33}, {8, 19, 30}})));
  Tensor delta = tensor({{1, 0, 0}, {0, 1, 2}});
  EXPECT_TRUE(same_bits(layer.backward(x, delta), tensor({{1, 4}, {8, 17}})));
  EXPECT_TRUE(same_bits(layer.weight()->grad, tensor({{1, 2, 4}, {0, -1, -2}})));
  EXPECT_TRUE(same_bits(layer.bias()->grad, tensor({1, 1, 2})));
  layer.update_parameters(2);
  EXPECT_TRUE(same_bits(layer.weight()->value, tensor({{-1, -2, -5}, {4, 7, 10}})));
  EXPECT_TRUE(same_bits(layer.bias()->value, tensor({8, 18, 26})));
}

TEST(Linear, Description) {
  EXPECT_EQ(Linear(256, 128).describe(), "Linear(256, 128)");
  EXPECT_EQ(Linear(2, 1, false).describe(), "Linear(2, 1, bias=false)");
  Linear layer(4, 3), bare(4, 3, false);
  EXPECT_EQ(layer.parameter_count(), 15);
  EXPECT_EQ(bare.parameter_count(), 12);
  EXPECT_EQ(bare.bias(), nullptr);
  EXPECT_EQ(layer.in(), 4);
  EXPECT_EQ(layer.out(), 3);
  auto named = layer.named_parameters();
  EXPECT_EQ(named[0].first, "weight");
  EXPECT_EQ(named[1].first, "bias");
  EXPECT_EQ(named[0].second->value.shape(), (Shape{4, 3}));
}

TEST(Linear, Shapes) {
  Linear layer(256, 128);
  EXPECT_EQ(layer.output_shape({20, 256}), (Shape{20, 128}));
  EXPECT_EQ(message_of<ShapeError>([&] {
              layer.forward(Tensor::zeros({20, 255}));
            }),
            "Linear(256, 128): expected (batch, 256), got (20, 255)");
  EXPECT_THROW(layer.forward(Tensor::zeros({256})), ShapeError);
  EXPECT_THROW(layer.forward(Tensor::zeros({1, 1, 256})), ShapeError);
  EXPECT_THROW(layer.forward(Tensor()), ShapeError);
  Tensor x = Tensor::zeros({2, 256});
  layer.forward(x);
  EXPECT_EQ(message_of<ShapeError>([&] {
              layer.backward(x, Tensor::zeros({3, 128}));
            }),
            "Linear(256, 128): expected delta (2, 128), got (3, 128)");
}

TEST(Linear, SizesBelowOne) {
  EXPECT_THROW(Linear(0, 3), ShapeError);
  EXPECT_THROW(Linear(3, 0), ShapeError);
  EXPECT_TRUE(contains(message_of<ShapeError>([] { Linear(-2, 3); }), "Linear(-2, 3)"));
  EXPECT_THROW(Linear(Index{1} << 32, Index{1} << 32), ShapeError);
}

TEST(Linear, StartsFromAFixedDraw) {
  Linear a(10, 5), b(10, 5), other(10, 6);
  EXPECT_TRUE(same_bits(a.weight()->value, b.weight()->value));
  EXPECT_FALSE(same_bits(a.weight()->value, other.weight()->value.slice(1, 0, 5)));
  EXPECT_NE(a.weight()->value(0, 0), a.weight()->value(0, 1));
  EXPECT_TRUE(same_bits(a.weight()->grad, Tensor::zeros({10, 5})));
}

TEST(Linear, MovedKeepsItsParameters) {
  Linear a(2, 3);
  Tensor x = wave({4, 2}), z = a.predict(x);
  Linear b = std::move(a);
  EXPECT_TRUE(same_bits(b.predict(x), z));
  EXPECT_EQ(b.parameters().size(), 2u);
}

}  // namespace
}  // namespace nn::test
