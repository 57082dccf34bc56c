#include "nn/modules/leaky_relu.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

TEST(LeakyReLU, ValuesAndSlopes) {
  LeakyReLU layer(0.25);
  Tensor x = tensor({-2, 0, 3, INFINITY, -INFINITY});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{-0.5, 0, 3, INFINITY, -INFINITY}));
  EXPECT_EQ(values(layer.backward_delta(x, Tensor::full({5}, 8))),
            (std::vector<Scalar>{2, 2, 8, 8, 2}));
  EXPECT_TRUE(std::isnan(layer.predict(tensor({NAN}))(0)));
}

TEST(LeakyReLU, Description) {
  EXPECT_EQ(LeakyReLU().describe(), "LeakyReLU(0.01)");
  EXPECT_EQ(LeakyReLU(-2).describe(), "LeakyReLU(-2)");
  EXPECT_THROW(LeakyReLU{NAN}, ArgumentError);
  EXPECT_THROW(LeakyReLU{INFINITY}, ArgumentError);
}

TEST(LeakyReLU, OfANegativeSlopeKeepsItsInput) {
  LeakyReLU layer(-2);
  Tensor x = tensor({-1, 1, Scalar(-0.5)}), before = x.clone();
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{2, 1, 1}));
  EXPECT_EQ(values(layer.backward_delta(x, Tensor::ones({3}))), (std::vector<Scalar>{-2, 1, -2}));
  EXPECT_TRUE(same_bits(x, before));
}

}  // namespace
}  // namespace nn::test
