#include "nn/ops/softmax.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Softmax, ByItsFormula) {
  Tensor x = wave({3, 5}) * 3, p = softmax(x), z = log_softmax(x);
  for (Index i = 0; i < 3; ++i) {
    double total = 0;
    for (Index j = 0; j < 5; ++j) total += std::exp(static_cast<double>(x(i, j)));
    for (Index j = 0; j < 5; ++j) {
      double expected = std::exp(static_cast<double>(x(i, j))) / total;
      EXPECT_NEAR(p(i, j), expected, 4 * epsilon);
      EXPECT_NEAR(z(i, j), std::log(expected), 40 * epsilon);
    }
  }
}

TEST(Softmax, OverTheLastDimensionOfAnyRank) {
  Tensor x = wave({2, 3, 4});
  EXPECT_TRUE(same_bits(softmax(x).select(0, 1), softmax(x.select(0, 1))));
  EXPECT_TRUE(
      same_bits(softmax(x).select(0, 1).select(0, 2), softmax(x.select(0, 1).select(0, 2))));
  EXPECT_TRUE(same_bits(softmax(scattered(x)), softmax(x)));
  EXPECT_TRUE(same_bits(log_softmax(scattered(x)), log_softmax(x)));
  EXPECT_THROW(softmax(Tensor::zeros({})), ShapeError);
  EXPECT_THROW(log_softmax(Tensor::zeros({})), ShapeError);
}

TEST(Softmax, BackwardByTheFormulaForAnyRankAndStrides) {
  const Tensor z = softmax(wave({2, 3, 4})), delta = wave({2, 3, 4}) * 5;
  const Tensor dot = sum(delta * z, 2).reshape({2, 3, 1});
  EXPECT_TRUE(same_bits(softmax_backward(delta, z), z * (delta - dot)));
  EXPECT_TRUE(same_bits(softmax_backward(scattered(delta), scattered(z)), z * (delta - dot)));
  EXPECT_EQ(softmax_backward(Tensor::zeros({3, 0}), Tensor::zeros({3, 0})).shape(), Shape({3, 0}));
  EXPECT_THROW(softmax_backward(delta, z.reshape({6, 4})), ShapeError);
}

TEST(Softmax, ZeroSizes) {
  for (const Shape& shape : {Shape{0}, Shape{0, 3}, Shape{3, 0}}) {
    EXPECT_EQ(softmax(Tensor::zeros(shape)).shape(), shape);
    EXPECT_EQ(log_softmax(Tensor::zeros(shape)).shape(), shape);
  }
}

TEST(Softmax, ShiftInvariantAndBounded) {
  for (Scalar shift : {Scalar(0), Scalar(1024), Scalar(-1024), Scalar(1 << 22)}) {
    Tensor x = tensor({{0, 1, 2}, {-2, 0, 8}});
    EXPECT_TRUE(same_bits(softmax(x + shift), softmax(x)));
    EXPECT_TRUE(same_bits(log_softmax(x + shift), log_softmax(x)));
  }
  Tensor p = softmax(tensor({{0, 1000}, {-1000, 0}}));
  EXPECT_TRUE(same_bits(p, tensor({{0, 1}, {0, 1}})));
  EXPECT_EQ(log_softmax(tensor({{0, 1000}}))(0, 0), -1000);
  EXPECT_EQ(softmax(tensor({{-INFINITY, 0}}))(0, 0), 0);
}

TEST(Softmax, NanReachesItsRowAlone) {
  for (Index place : {0, 1, 2}) {
    Tensor x = wave({2, 3}), good = softmax(x);
    x(0, place) = NAN;
    Tensor p = softmax(x), z = log_softmax(x);
    for (Index j = 0; j < 3; ++j) {
      EXPECT_TRUE(std::isnan(p(0, j)));
      EXPECT_TRUE(std::isnan(z(0, j)));
    }
    EXPECT_TRUE(same_bits(p.select(0, 1), good.select(0, 1)));
  }
}

}  // namespace
}  // namespace nn::test
