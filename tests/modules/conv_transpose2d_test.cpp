#include "nn/modules/conv_transpose2d.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(ConvTranspose2D, ByHand) {
  ConvTranspose2D layer(2, 1, 1, 2);
  layer.weight()->value.copy_from(tensor({{1, 2}, {3, 4}}).reshape({2, 2, 1, 1}));
  layer.bias()->value.fill(Scalar(0.5));
  Tensor x = tensor({1, 10}).reshape({1, 1, 2, 1});
  EXPECT_TRUE(same_bits(layer.forward(x).reshape({2, 4}),
                        tensor({{1.5, 2.5, 10.5, 20.5}, {3.5, 4.5, 30.5, 40.5}})));
  Tensor delta = tensor({{1, 0, 0, 1}, {1, 0, 2, 0}}).reshape({1, 2, 4, 1});
  EXPECT_EQ(values(layer.backward(x, delta)), (std::vector<Scalar>{4, 8}));
  EXPECT_EQ(values(layer.weight()->grad), (std::vector<Scalar>{1, 10, 21, 0}));
  EXPECT_EQ(values(layer.bias()->grad), (std::vector<Scalar>{5}));
}

/// The Conv2D from z's channels to x's.
TEST(ConvTranspose2D, IsAConvolutionsBackward) {
  for (Index groups : {1, 2})
    for (Size2 rest : {Size2(0), Size2(1, 2)}) {
      ConvTranspose2D layer({.kernel = {3, 2},
                             .chan_in = 4,
                             .chan_out = 6,
                             .stride = {2, 3},
                             .padding = 1,
                             .output_padding = rest,
                             .dilation = {1, 2},
                             .groups = groups,
                             .bias = false});
      Conv2D conv({.kernel = {3, 2},
                   .chan_in = 6,
                   .chan_out = 4,
                   .stride = {2, 3},
                   .padding = 1,
                   .dilation = {1, 2},
                   .groups = groups,
                   .bias = false});
      conv.weight()->value.copy_from(layer.weight()->value);
      const Tensor x = wave({2, 3, 4, 4}), z = layer.forward(x), delta = wave(z.shape(), 1);
      EXPECT_EQ(conv.output_shape(z.shape()), x.shape());
      EXPECT_TRUE(same_bits(z, conv.backward(delta, x)));
      EXPECT_TRUE(same_bits(layer.backward(x, delta), conv.forward(delta)));
      EXPECT_TRUE(same_bits(layer.weight()->grad, conv.weight()->grad));
    }
}

TEST(ConvTranspose2D, Shapes) {
  EXPECT_EQ(ConvTranspose2D(2, 32, 16, 2).output_shape({64, 8, 8, 32}), (Shape{64, 16, 16, 16}));
  const ConvTranspose2D all({.kernel = {3, 5},
                             .chan_in = 2,
                             .chan_out = 4,
                             .stride = {2, 1},
                             .padding = {1, 0},
                             .output_padding = {1, 0},
                             .dilation = {1, 2}});
  EXPECT_EQ(all.output_shape({7, 4, 6, 2}), (Shape{7, 8, 14, 4}));
  const std::string message = message_of<ShapeError>([&] {
    all.predict(Tensor::zeros({7, 4, 6, 3}));
  });
  EXPECT_TRUE(contains(message, "channels = 2") && contains(message, "got (7, 4, 6, 3)"));
  EXPECT_THROW(all.output_shape({7, 0, 6, 2}), ShapeError);
  EXPECT_THROW(all.output_shape({4, 6, 2}), ShapeError);
  EXPECT_THROW(ConvTranspose2D(2, 1, 1, 1, 1).output_shape({1, 1, 1, 1}), ShapeError);
}

TEST(ConvTranspose2D, Description) {
  EXPECT_EQ(ConvTranspose2D(2, 32, 16, 2).describe(), "ConvTranspose2D(2, 32, 16, stride=2)");
  const ConvTranspose2D layer({.kernel = {3, 2},
                               .chan_in = 4,
                               .chan_out = 6,
                               .stride = 2,
                               .output_padding = {1, 0},
                               .groups = 2,
                               .bias = false});
  EXPECT_EQ(layer.describe(),
            "ConvTranspose2D([3, 2], 4, 6, stride=2, output_padding=[1, 0], groups=2, bias=false)");
  EXPECT_EQ(layer.weight()->value.shape(), (Shape{3, 2, 3, 4}));
  EXPECT_EQ(layer.bias(), nullptr);
}

/// Which is that of weight.size(1), here the outputs of a group.
TEST(ConvTranspose2D, StartsWithinPyTorchsBounds) {
  const ConvTranspose2D layer({.kernel = 3, .chan_in = 40, .chan_out = 6, .groups = 2});
  EXPECT_EQ(layer.weight()->fan_in, 27);
  EXPECT_EQ(layer.bias()->fan_in, 27);
  EXPECT_EQ(layer.weight()->fan_out, 360);
  double largest = 0;
  for (Scalar w : values(layer.weight()->value)) largest = std::max<double>(largest, std::abs(w));
  EXPECT_LE(largest, 1 / std::sqrt(27.0));
  EXPECT_GT(largest, 0.9 / std::sqrt(27.0));
}

TEST(ConvTranspose2D, SizesThatAreWrong) {
  EXPECT_THROW(ConvTranspose2D({0, 1}, 1, 1), ShapeError);
  EXPECT_THROW(ConvTranspose2D(1, 0, 1), ShapeError);
  EXPECT_THROW(ConvTranspose2D(1, 1, 1, 0), ShapeError);
  for (Index rest : {-1, 2})
    EXPECT_THROW(
        ConvTranspose2D(
            {.kernel = 2, .chan_in = 1, .chan_out = 1, .stride = 2, .output_padding = {0, rest}}),
        ShapeError);
  EXPECT_THROW(ConvTranspose2D({.kernel = 2, .chan_in = 3, .chan_out = 2, .groups = 2}),
               ShapeError);
  const ConvTranspose2D wide({.kernel = 1, .chan_in = 1, .chan_out = 1, .stride = Index{1} << 30});
  for (Index width : {(Index{1} << 34) + 1, Index{1} << 34, Index{1} << 40})  // beyond 64 bits
    EXPECT_THROW(wide.output_shape({1, 1, width, 1}), ShapeError) << width;
}

}  // namespace
}  // namespace nn::test
