#include "nn/modules/elu.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

TEST(ELU, ValuesAndSlopes) {
  ELU layer(2);
  Tensor x = tensor({3, 0, -INFINITY, INFINITY, -1000});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{3, 0, -2, INFINITY, -2}));
  EXPECT_EQ(values(layer.backward_delta(x, Tensor::full({5}, 5))),
            (std::vector<Scalar>{5, 10, 0, 5, 0}));
  EXPECT_TRUE(std::isnan(layer.predict(tensor({NAN}))(0)));
}

TEST(ELU, LosesNoDigitsNearZero) {
  ELU layer;
  for (double v = -20; v < -1e-30; v /= 1.7) {
    Scalar x = static_cast<Scalar>(v);
    double expected = std::expm1(static_cast<double>(x));
    Scalar slope = layer.backward_delta(tensor({x}), tensor({1}))(0);
    EXPECT_NEAR(layer.predict(tensor({x}))(0), expected, -6 * epsilon * expected) << v;
    EXPECT_NEAR(slope, expected + 1, 2 * epsilon) << v;
  }
}

TEST(ELU, Description) {
  EXPECT_EQ(ELU().describe(), "ELU(1)");
  EXPECT_EQ(ELU(0.5).describe(), "ELU(0.5)");
  EXPECT_THROW(ELU{NAN}, ArgumentError);
  EXPECT_THROW(ELU{-INFINITY}, ArgumentError);
}

}  // namespace
}  // namespace nn::test
