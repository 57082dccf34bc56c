#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/pooling.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

TEST(AvgPool2D, ByHand) {
  AvgPool2D layer({2, 1}, {1, 2});
  Tensor x = tensor({{1, 9, 3}, {5, 9, 1}, {3, 9, 9}}).reshape({1, 3, 3, 1});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{3, 2}, {4, 5}}).reshape({1, 2, 2, 1})));
  Tensor dx = layer.backward_delta(x, tensor({{2, 4}, {6, 8}}).reshape({1, 2, 2, 1}));
  EXPECT_TRUE(same_bits(dx.reshape({3, 3}), tensor({{1, 0, 2}, {4, 0, 6}, {3, 0, 4}})));
}

TEST(AvgPool2D, ThePaddingCountsAsZeros) {
  AvgPool2D layer(2, 2, 1);
  Tensor x = Tensor::full({1, 3, 3, 1}, 4);
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{1, 2}, {2, 4}}).reshape({1, 2, 2, 1})));
}

TEST(AvgPool2D, Description) {
  EXPECT_EQ(AvgPool2D({3, 2}, {2, 1}, {1, 0}).describe(),
            "AvgPool2D([3, 2], stride=[2, 1], padding=[1, 0])");
  EXPECT_EQ(AvgPool2D(3, 2, 1).output_shape({1, 64, 65, 2}), (Shape{1, 32, 33, 2}));
  EXPECT_EQ(message_of<ShapeError>([] {
              AvgPool2D(4, 4, 1).predict(Tensor::zeros({1, 4, 1, 3}));
            }),
            "AvgPool2D(4, padding=1): expected (batch, height >= 2, width >= 2, channels), got "
            "(1, 4, 1, 3)");
  EXPECT_THROW(AvgPool2D(Size2(0, 1)), ShapeError);
  EXPECT_THROW(AvgPool2D(2, {1, 0}), ShapeError);
  EXPECT_TRUE(contains(message_of<ShapeError>([] { AvgPool2D({3, 4}, 1, {2, 2}); }), "3 x 4"));
}

}  // namespace
}  // namespace nn::test
