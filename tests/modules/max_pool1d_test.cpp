#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/pooling.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(MaxPool1D, ByHand) {
  MaxPool1D layer(2);
  Tensor x = tensor({{{1, 8}, {3, 5}, {2, 5}, {2, 6}, {99, 99}}});  // the odd end is dropped
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{{3, 8}, {2, 6}}})));
  Tensor dx = layer.backward_delta(x, tensor({{{1, 2}, {3, 4}}}));
  EXPECT_TRUE(same_bits(dx, tensor({{{0, 2}, {1, 0}, {3, 0}, {0, 4}, {0, 0}}})));
}

TEST(MaxPool1D, OverlappingWindowsAddUp) {
  MaxPool1D layer(3, 1);
  Tensor x = tensor({1, 5, 2, 4, 0}).reshape({1, 5, 1});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{5, 5, 4}));
  Tensor dx = layer.backward_delta(x, tensor({1, 10, 100}).reshape({1, 3, 1}));
  EXPECT_EQ(values(dx), (std::vector<Scalar>{0, 11, 0, 100, 0}));
}

// Places beyond 255 in a window, and channels that do not fill vectors.
TEST(MaxPool1D, LongWindow) {
  MaxPool1D layer(1000);
  Tensor x = Tensor::zeros({1, 1000, 5}), delta = tensor({{{1, 2, 3, 4, 5}}});
  for (Index c = 0; c < 5; ++c) x(0, 999 - 200 * c, c) = 7;
  EXPECT_TRUE(same_bits(layer.forward(x), Tensor::full({1, 1, 5}, 7)));
  Tensor dx = layer.backward_delta(x, delta);
  for (Index i = 0; i < 1000; ++i)
    for (Index c = 0; c < 5; ++c)
      EXPECT_EQ(dx(0, i, c), x(0, i, c) != 0 ? static_cast<Scalar>(c + 1) : 0);
}

TEST(MaxPool1D, Description) {
  EXPECT_EQ(MaxPool1D(2).describe(), "MaxPool1D(2)");
  EXPECT_EQ(MaxPool1D(3, 2).describe(), "MaxPool1D(3, stride=2)");
  EXPECT_EQ(MaxPool1D(2).output_shape({20, 255, 32}), (Shape{20, 127, 32}));
  EXPECT_EQ(message_of<ShapeError>([] {
              MaxPool1D(2).predict(Tensor::zeros({20, 256}));
            }),
            "MaxPool1D(2): expected (batch, length >= 2, channels), got (20, 256)");
}

TEST(MaxPool1D, SizesOutOfRange) {
  EXPECT_THROW(MaxPool1D(0), ShapeError);
  EXPECT_THROW(MaxPool1D(2, 0), ShapeError);
  EXPECT_NO_THROW(MaxPool1D(65536));
  EXPECT_TRUE(contains(message_of<ShapeError>([] { MaxPool1D(65537); }), "MaxPool1D(65537)"));
}

TEST(MaxPool1D, BackwardOfAnotherInput) {
  MaxPool1D layer(2);
  layer.forward(wave({2, 4, 3}));
  std::string message = message_of<ShapeError>([&] {
    layer.backward_delta(wave({2, 6, 3}), wave({2, 3, 3}));
  });
  EXPECT_TRUE(contains(message, "(2, 4, 3)")) << message;
  EXPECT_TRUE(contains(message, "(2, 6, 3)")) << message;
}

TEST(MaxPool1D, NaNAndInfinityStayInTheirWindow) {
  for (Index channels : {1, 37}) {  // one alone, and whole vectors with a rest
    MaxPool1D layer(3);
    const Scalar inf = INFINITY;
    Tensor x = tensor({NAN, 1, 2, 3, NAN, 4, -inf, -inf, -inf})
                   .reshape({1, 9, 1})
                   .broadcast_to({1, 9, channels});
    Tensor z = layer.forward(x);
    Tensor delta = tensor({1, 10, 100}).reshape({1, 3, 1}).broadcast_to({1, 3, channels});
    Tensor dx = layer.backward_delta(x, delta);
    for (Index c = 0; c < channels; ++c) {
      EXPECT_TRUE(std::isnan(z(0, 0, c)) && std::isnan(z(0, 1, c)));
      EXPECT_EQ(z(0, 2, c), -inf);
      EXPECT_EQ(values(dx.select(2, c)), (std::vector<Scalar>{1, 0, 0, 0, 10, 0, 100, 0, 0}));
    }
  }
}

}  // namespace
}  // namespace nn::test
