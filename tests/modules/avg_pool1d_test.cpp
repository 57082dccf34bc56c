#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/pooling.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

TEST(AvgPool1D, ByHand) {
  AvgPool1D layer(2);
  Tensor x = tensor({{{1, 8}, {3, 4}, {2, 5}, {0, 6}, {99, 99}}});  // the odd end is dropped
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{{2, 6}, {1, Scalar(5.5)}}})));
  Tensor dx = layer.backward_delta(x, tensor({{{2, 4}, {6, 8}}}));
  EXPECT_TRUE(same_bits(dx, tensor({{{1, 2}, {1, 2}, {3, 4}, {3, 4}, {0, 0}}})));
}

TEST(AvgPool1D, OverlappingWindowsAddUp) {
  AvgPool1D layer(2, 1);
  Tensor x = tensor({2, 4, 8}).reshape({1, 3, 1});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{3, 6}));
  Tensor dx = layer.backward_delta(x, tensor({2, 20}).reshape({1, 2, 1}));
  EXPECT_EQ(values(dx), (std::vector<Scalar>{1, 11, 10}));
}

TEST(AvgPool1D, Description) {
  EXPECT_EQ(AvgPool1D(2).describe(), "AvgPool1D(2)");
  EXPECT_EQ(AvgPool1D(3, 2).describe(), "AvgPool1D(3, stride=2)");
  EXPECT_EQ(AvgPool1D(100000).output_shape({2, 200001, 3}), (Shape{2, 2, 3}));
  EXPECT_EQ(message_of<ShapeError>([] {
              AvgPool1D(4).predict(Tensor::zeros({20, 3, 1}));
            }),
            "AvgPool1D(4): expected (batch, length >= 4, channels), got (20, 3, 1)");
  EXPECT_THROW(AvgPool1D(0), ShapeError);
  EXPECT_THROW(AvgPool1D(2, 0), ShapeError);
}

}  // namespace
}  // namespace nn::test
