#include "nn/modules/linear.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tied_linear.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

TEST(Linear, HasPyTorchsNamesAndOurLayout) {
  const Linear layer(4, 3), bare(4, 3, false);
  EXPECT_EQ(layer.in(), 4);
  EXPECT_EQ(layer.out(), 3);
  EXPECT_EQ(bare.bias(), nullptr);
  const auto named = layer.named_parameters();
  EXPECT_EQ(named[0].first, "weight");
  EXPECT_EQ(named[1].first, "bias");
  EXPECT_EQ(named[0].second->value.shape(), (Shape{4, 3}));
}

TEST(Linear, NamesAnInputThatDoesNotFit) {
  Linear layer(256, 128);
  EXPECT_EQ(message_of<ShapeError>([&] {
              layer.forward(Tensor::zeros({20, 255}));
            }),
            "Linear(256, 128): expected (batch, 256), got (20, 255)");
  EXPECT_THROW(layer.forward(Tensor::zeros({256})), ShapeError);
  EXPECT_THROW(layer.forward(Tensor::zeros({1, 1, 256})), ShapeError);
  EXPECT_THROW(layer.forward(Tensor()), ShapeError);
}

TEST(Linear, SizesBelowOne) {
  EXPECT_THROW(Linear(0, 3), ShapeError);
  EXPECT_THROW(Linear(3, 0), ShapeError);
  EXPECT_TRUE(contains(message_of<ShapeError>([] { Linear(-2, 3); }), "Linear(-2, 3)"));
  EXPECT_THROW(Linear(Index{1} << 32, Index{1} << 32), ShapeError);
}

TEST(Linear, OfOtherSizesStartsFromAnotherDraw) {
  const Linear layer(10, 5), other(10, 6);
  EXPECT_FALSE(same_bits(layer.weight()->value, other.weight()->value.slice(1, 0, 5)));
  EXPECT_NE(layer.weight()->value(0, 0), layer.weight()->value(0, 1));
}

TEST(TiedLinear, OfAnEncoderThatIsElsewhere) {
  Linear encoder(3, 2);
  Sequential net{std::move(encoder)};
  EXPECT_THROW(TiedLinear{encoder}, ArgumentError);
}

TEST(TiedLinear, HoldsTheEncodersWeightAsItIs) {
  Linear encoder(256, 64);
  TiedLinear layer(encoder);
  EXPECT_EQ(layer.weight(), encoder.weight());
  EXPECT_EQ(layer.parameters(), (std::vector<ParameterPtr>{encoder.weight(), layer.bias()}));
  EXPECT_TRUE(same_bits(encoder.weight()->value, Linear(256, 64).weight()->value));
}

}  // namespace
}  // namespace nn::test
