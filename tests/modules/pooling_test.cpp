#include "nn/modules/pooling.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/global_avg_pool.hpp"
#include "nn/modules/upsample.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// What golden values do not tell of pooling and upsampling.
namespace nn::test { namespace {

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
  EXPECT_EQ(AvgPool2D(3, 2, 1).output_shape({1, 64, 65, 2}), (Shape{1, 32, 33, 2}));
  EXPECT_EQ(AvgPool1D(100000).output_shape({2, 200001, 3}), (Shape{2, 2, 3}));
}

TEST(MaxPool2D, SizesRoundUpInCeilMode) {
  EXPECT_EQ(MaxPool2D(2, 2, 0, true).output_shape({1, 75, 8, 1}), (Shape{1, 38, 4, 1}));
  EXPECT_EQ(MaxPool2D(3, 2, 0, true).output_shape({1, 2, 8, 1}), (Shape{1, 1, 4, 1}));
  // A second window would begin behind the image
  EXPECT_EQ(MaxPool2D(2, 3, 0, true).output_shape({1, 3, 4, 1}), (Shape{1, 1, 2, 1}));
  EXPECT_EQ(MaxPool2D(2, 3, 1, true).output_shape({1, 2, 1, 1}), (Shape{1, 1, 1, 1}));
  EXPECT_THROW(MaxPool2D(4, 2, 0, true).predict(wave({1, 2, 4, 1})), ShapeError);
}

TEST(Pooling, DescribesWhatItsConstructorsTook) {
  EXPECT_EQ(AvgPool1D(3, 2).describe(), "AvgPool1D(3, stride=2)");
  EXPECT_EQ(MaxPool2D(Size2(3, 2)).describe(), "MaxPool2D([3, 2])");
  EXPECT_EQ(AvgPool2D({3, 2}, {2, 1}, {1, 0}).describe(),
            "AvgPool2D([3, 2], stride=[2, 1], padding=[1, 0])");
}

TEST(Pooling, RefusesWindowsThatMakeNoSense) {
  EXPECT_THROW(MaxPool1D(0), ShapeError);
  EXPECT_THROW(MaxPool1D(2, 0), ShapeError);
  EXPECT_THROW(AvgPool1D(0), ShapeError);
  EXPECT_THROW(AvgPool1D(2, 0), ShapeError);
  EXPECT_THROW(MaxPool2D(Size2(2, 0)), ShapeError);
  EXPECT_THROW(MaxPool2D(2, {0, 1}), ShapeError);
  EXPECT_THROW(MaxPool2D(2, 2, -1), ShapeError);
  EXPECT_THROW(AvgPool2D(Size2(0, 1)), ShapeError);
  EXPECT_THROW(AvgPool2D(2, {1, 0}), ShapeError);
  auto maximum = [] { MaxPool2D({3, 4}, 1, {2, 2}); };  // padding above half a window
  auto average = [] { AvgPool2D({3, 4}, 1, {2, 2}); };
  EXPECT_TRUE(contains(message_of<ShapeError>(maximum), "3 x 4"));
  EXPECT_TRUE(contains(message_of<ShapeError>(average), "3 x 4"));
}

TEST(MaxPool, TakesWindowsWhosePlacesFitIntoSixteenBits) {
  EXPECT_NO_THROW(MaxPool1D(65536));
  EXPECT_THROW(MaxPool1D(65537), ShapeError);
  EXPECT_NO_THROW(MaxPool2D(256));
  EXPECT_THROW(MaxPool2D(Size2(256, 257)), ShapeError);
}

TEST(Pooling, NamesAnInputSmallerThanAWindow) {
  const std::string message = message_of<ShapeError>([] {
    AvgPool2D(4, 4, 1).predict(Tensor::zeros({1, 4, 1, 3}));
  });
  EXPECT_TRUE(contains(message, "height >= 2, width >= 2") && contains(message, "(1, 4, 1, 3)"));
  EXPECT_THROW(MaxPool2D(Size2(2, 3)).predict(Tensor::zeros({4, 16, 2, 8})), ShapeError);
  EXPECT_THROW(AvgPool1D(4).predict(Tensor::zeros({20, 3, 1})), ShapeError);
}

TEST(GlobalAvgPool, RefusesWhatHasNoMean) {
  for (const Shape& shape : {Shape{2, 3}, Shape{2, 0, 3}, Shape{2, 4, 0, 3}, Shape{}})
    EXPECT_THROW(GlobalAvgPool().output_shape(shape), ShapeError) << shape.to_string();
}

TEST(Upsample, OfOnePixelOrByOneIsTheSame) {
  for (Interpolation way : {Interpolation::nearest, Interpolation::linear}) {
    EXPECT_TRUE(same_bits(Upsample(3, way).predict(Tensor::full({1, 1, 1, 2}, 7)),
                          Tensor::full({1, 3, 3, 2}, 7)));
    EXPECT_TRUE(same_bits(Upsample(1, way).predict(wave({2, 3, 4, 2})), wave({2, 3, 4, 2})));
  }
}

TEST(Upsample, DoesNotSpreadInfinitiesFurtherThanTheirWeight) {
  const Tensor x = tensor({1, INFINITY, 2}).reshape({1, 3, 1});
  EXPECT_EQ(values(Upsample(2, Interpolation::linear).predict(x)),
            (std::vector<Scalar>{1, INFINITY, INFINITY, INFINITY, INFINITY, 2}));
}

TEST(Upsample, RefusesFactorsAndShapesThatMakeNoSense) {
  EXPECT_THROW(Upsample(0), ShapeError);
  EXPECT_THROW(Upsample(65537), ShapeError);
  EXPECT_THROW(Upsample(2).output_shape({2, 3}), ShapeError);
}

}  // namespace
}  // namespace nn::test
