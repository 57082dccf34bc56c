#include "nn/ops/one_hot.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(OneHot, Rows) {
  EXPECT_TRUE(same_bits(one_hot(tensor({2, 0, 1}), 3), tensor({{0, 0, 1}, {1, 0, 0}, {0, 1, 0}})));
  EXPECT_TRUE(same_bits(one_hot(scattered(tensor({1, 0})), 2), tensor({{0, 1}, {1, 0}})));
  EXPECT_EQ(one_hot(Tensor::zeros({0}), 4).shape(), (Shape{0, 4}));
}

TEST(OneHot, LabelsThatAreNone) {
  for (Scalar label :
       {Scalar(3), Scalar(-1), Scalar(0.5), Scalar(NAN), Scalar(INFINITY), Scalar(1e30)}) {
    std::string message = message_of<RangeError>([&] { one_hot(tensor({0, label}), 3); });
    EXPECT_TRUE(contains(message, "row 1") && contains(message, "to 2")) << message;
  }
  EXPECT_TRUE(contains(message_of<RangeError>([] { one_hot(tensor({7}), 3); }), "label 7"));
  EXPECT_THROW(one_hot(tensor({0}), 0), RangeError);
  EXPECT_THROW(one_hot(tensor({0}), -1), ShapeError);
  EXPECT_THROW(one_hot(Tensor::zeros({2, 1}), 3), ShapeError);
}

}  // namespace
}  // namespace nn::test
