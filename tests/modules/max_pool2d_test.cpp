#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/pooling.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(MaxPool2D, ByHand) {
  MaxPool2D layer({2, 3}, {1, 2});
  Tensor x =
      tensor({{1, 2, 3, 4, 5, 9}, {6, 0, 0, 8, 0, 9}, {0, 7, 0, 0, 0, 9}}).reshape({1, 3, 6, 1});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{6, 8}, {7, 8}}).reshape({1, 2, 2, 1})));
  Tensor dx = layer.backward_delta(x, tensor({{1, 2}, {3, 4}}).reshape({1, 2, 2, 1}));
  EXPECT_TRUE(same_bits(dx.reshape({3, 6}),
                        tensor({{0, 0, 0, 0, 0, 0}, {1, 0, 0, 6, 0, 0}, {0, 3, 0, 0, 0, 0}})));
}

TEST(MaxPool2D, Description) {
  EXPECT_EQ(MaxPool2D(2).describe(), "MaxPool2D(2)");
  EXPECT_EQ(MaxPool2D(Size2(3, 2)).describe(), "MaxPool2D([3, 2])");
  EXPECT_EQ(MaxPool2D(3, 2, 1).describe(), "MaxPool2D(3, stride=2, padding=1)");
  EXPECT_EQ(MaxPool2D(Size2(2, 3)).output_shape({4, 16, 16, 8}), (Shape{4, 8, 5, 8}));
  EXPECT_EQ(message_of<ShapeError>([] {
              MaxPool2D(Size2(2, 3)).predict(Tensor::zeros({4, 16, 2, 8}));
            }),
            "MaxPool2D([2, 3]): expected (batch, height >= 2, width >= 3, channels), got (4, 16, "
            "2, 8)");
}

TEST(MaxPool2D, SizesOutOfRange) {
  EXPECT_THROW(MaxPool2D(Size2(2, 0)), ShapeError);
  EXPECT_THROW(MaxPool2D(2, {0, 1}), ShapeError);
  EXPECT_THROW(MaxPool2D(2, 2, -1), ShapeError);
  EXPECT_THROW(MaxPool2D(Size2(256, 257)), ShapeError);
  EXPECT_NO_THROW(MaxPool2D(256));
  EXPECT_NO_THROW(MaxPool2D(2, 2, 1));
}

TEST(MaxPool2D, BackwardOfAnotherInput) {
  MaxPool2D layer(2);
  layer.forward(wave({2, 4, 4, 3}));
  EXPECT_THROW(layer.backward_delta(wave({2, 4, 6, 3}), wave({2, 2, 3, 3})), ShapeError);
}

TEST(MaxPool2D, TheFirstOfEqualMaximaGetsTheGradient) {
  MaxPool2D layer(2);
  Tensor x = tensor({{7, 7, 1, 2}, {7, 7, 2, 2}}).reshape({1, 2, 4, 1});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{7, 2}));
  Tensor dx = layer.backward_delta(x, tensor({1, 10}).reshape({1, 1, 2, 1}));
  EXPECT_EQ(values(dx), (std::vector<Scalar>{1, 0, 0, 10, 0, 0, 0, 0}));
}

TEST(MaxPool2D, PaddingNeverWins) {
  MaxPool2D layer(2, 2, 1);
  Tensor z = layer.forward(Tensor::full({1, 3, 3, 1}, -5));
  EXPECT_TRUE(same_bits(z, Tensor::full({1, 2, 2, 1}, -5)));
}

TEST(MaxPool2D, SizesRoundDown) {
  EXPECT_EQ(MaxPool2D(3, 2).output_shape({1, 112, 112, 1}), (Shape{1, 55, 55, 1}));
  EXPECT_EQ(MaxPool2D(2, 2).output_shape({1, 75, 75, 1}), (Shape{1, 37, 37, 1}));
  EXPECT_EQ(MaxPool2D(3, 2, 1).output_shape({1, 64, 64, 1}), (Shape{1, 32, 32, 1}));
  std::string message = message_of<ShapeError>([] { MaxPool2D(3, 2, 2); });
  EXPECT_TRUE(contains(message, "padding 2 is more than half the window's size, 3")) << message;
}

TEST(MaxPool2D, SizesRoundUpInCeilMode) {
  EXPECT_EQ(MaxPool2D(2, 2, 0, true).output_shape({1, 75, 8, 1}), (Shape{1, 38, 4, 1}));
  EXPECT_EQ(MaxPool2D(3, 2, 0, true).output_shape({1, 2, 8, 1}), (Shape{1, 1, 4, 1}));
  // A second window would begin behind the image
  EXPECT_EQ(MaxPool2D(2, 3, 0, true).output_shape({1, 3, 4, 1}), (Shape{1, 1, 2, 1}));
  EXPECT_EQ(MaxPool2D(2, 3, 1, true).output_shape({1, 2, 1, 1}), (Shape{1, 1, 1, 1}));
  EXPECT_EQ(MaxPool2D(2, 2, 0, true).describe(), "MaxPool2D(2, ceil_mode=true)");
  EXPECT_THROW(MaxPool2D(4, 2, 0, true).predict(wave({1, 2, 4, 1})), ShapeError);
}

TEST(MaxPool2D, TheLastWindowsInCeilModeAreParts) {
  MaxPool2D layer(2, 2, 0, true);
  Tensor x = tensor({{1, 2, -3}, {4, 5, -6}, {-7, -8, -9}}).reshape({1, 3, 3, 1});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{5, -3, -7, -9}));
  EXPECT_EQ(values(layer.backward_delta(x, tensor({1, 2, 3, 4}).reshape({1, 2, 2, 1}))),
            (std::vector<Scalar>{0, 0, 2, 0, 1, 0, 3, 0, 4}));
}

}  // namespace
}  // namespace nn::test
