#include "nn/ops/reduce.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

using Values = std::vector<Scalar>;

TEST(Reduce, OverAllElements) {
  Tensor x = tensor({{1, -5, 3}, {4, 2, -1}});
  EXPECT_EQ(sum(x), 4);
  EXPECT_EQ(mean(x), 4.0 / 6);
  EXPECT_EQ(max(x), 4);
  EXPECT_EQ(min(x), -5);
  EXPECT_EQ(norm(x), std::sqrt(56.0));
  EXPECT_EQ(sum(Tensor::full({}, 3)), 3);
}

TEST(Reduce, OverOneDimension) {
  Tensor x = Tensor::arange(24).reshape({2, 3, 4});
  EXPECT_EQ(values(sum(x, 0)), (Values{12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34}));
  EXPECT_EQ(values(sum(x, 1)), (Values{12, 15, 18, 21, 48, 51, 54, 57}));
  EXPECT_EQ(values(sum(x, 2)), (Values{6, 22, 38, 54, 70, 86}));
  EXPECT_EQ(values(mean(x, 2)), (Values{1.5, 5.5, 9.5, 13.5, 17.5, 21.5}));
  EXPECT_EQ(values(max(x, 1)), (Values{8, 9, 10, 11, 20, 21, 22, 23}));
  EXPECT_EQ(values(argmax(x, 1)), Values(8, 2));
  EXPECT_EQ(sum(x, 1).shape(), (Shape{2, 4}));
  EXPECT_EQ(sum(tensor({1, 2}), 0).shape(), Shape{});
  EXPECT_THROW(sum(x, 3), RangeError);
  EXPECT_THROW(argmax(x, -1), RangeError);
}

TEST(Reduce, AnyStridesGiveTheBitsOfContiguous) {
  for (const Shape& shape : {Shape{1}, Shape{13}, Shape{3, 7}, Shape{16, 8}, Shape{3, 4, 5}}) {
    Tensor x = wave(shape) * Scalar(1.1);
    std::vector<Tensor> views{scattered(x)};
    if (x.rank() == 2) views.push_back(x.transpose().clone().transpose());
    for (const Tensor& view : views) {
      EXPECT_EQ(sum(view), sum(x));
      EXPECT_EQ(mean(view), mean(x));
      EXPECT_EQ(norm(view), norm(x));
      EXPECT_EQ(max(view), max(x));
      EXPECT_EQ(min(view), min(x));
      for (int dim = 0; dim < x.rank(); ++dim) {
        EXPECT_TRUE(same_bits(sum(view, dim), sum(x, dim)));
        EXPECT_TRUE(same_bits(mean(view, dim), mean(x, dim)));
        EXPECT_TRUE(same_bits(max(view, dim), max(x, dim)));
        EXPECT_TRUE(same_bits(argmax(view, dim), argmax(x, dim)));
      }
    }
  }
}

TEST(Reduce, SumsInEightLanesAndPairs) {
  Tensor x = wave({21});
  double lanes[8] = {};
  for (Index i = 0; i < 21; ++i) lanes[i % 8] += x(i);
  double expected = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
                    ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
  EXPECT_EQ(sum(x), expected);
  Tensor matrix = x.reshape({3, 7});
  double column = 0;
  for (Index i = 0; i < 3; ++i) column += matrix(i, 4);
  EXPECT_EQ(sum(matrix, 0)(4), static_cast<Scalar>(column));
}

TEST(Reduce, SumsInDouble) {  // in float the first would be off by some 900
  Tensor x = Tensor::full({1000000}, Scalar(0.1));
  EXPECT_NEAR(sum(x), 1e6 * static_cast<double>(Scalar(0.1)), 1e-6);
  EXPECT_NEAR(mean(x.reshape({1000, 1000}), 1)(7), Scalar(0.1), is_double ? 1e-14 : 1e-8);
}

TEST(Reduce, NanIsTheLargestAndTheSmallest) {
  for (Index place : {0, 2, 4}) {
    Tensor x = tensor({5, 1, 9, -3, 2});
    x(place) = NAN;
    EXPECT_TRUE(std::isnan(max(x)));
    EXPECT_TRUE(std::isnan(min(x)));
    EXPECT_TRUE(std::isnan(max(x, 0).item()));
    EXPECT_TRUE(std::isnan(sum(x)));
    EXPECT_EQ(argmax(x, 0).item(), static_cast<Scalar>(place));
  }
  EXPECT_EQ(argmax(tensor({1, NAN, 5, NAN}), 0).item(), 1);
  EXPECT_EQ(max(tensor({-INFINITY, -INFINITY})), -INFINITY);
}

TEST(Reduce, ArgmaxIsTheFirstOfEquals) {
  EXPECT_EQ(argmax(tensor({1, 7, 7, 2}), 0).item(), 1);
  EXPECT_EQ(argmax(tensor({-INFINITY, -INFINITY}), 0).item(), 0);
  EXPECT_EQ(values(argmax(tensor({{0, 0}, {0, 1}}), 1)), (Values{0, 1}));
}

TEST(Reduce, NoElements) {
  Tensor none = Tensor::zeros({0, 3});
  EXPECT_EQ(sum(none), 0);
  EXPECT_EQ(norm(none), 0);
  EXPECT_EQ(sum(Tensor()), 0);
  EXPECT_EQ(values(sum(none, 0)), (Values{0, 0, 0}));
  EXPECT_EQ(sum(none, 1).shape(), Shape{0});
  EXPECT_EQ(mean(none, 1).shape(), Shape{0});
  EXPECT_EQ(argmax(none, 1).shape(), Shape{0});
  EXPECT_THROW(mean(none), ShapeError);
  EXPECT_THROW(max(none), ShapeError);
  EXPECT_THROW(min(none), ShapeError);
  EXPECT_THROW(mean(none, 0), ShapeError);
  EXPECT_THROW(max(none, 0), ShapeError);
  std::string message = message_of<ShapeError>([&] { argmax(none, 0); });
  EXPECT_TRUE(contains(message, "argmax") && contains(message, "(0, 3)")) << message;
}

}  // namespace
}  // namespace nn::test
