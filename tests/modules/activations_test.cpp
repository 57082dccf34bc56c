#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/prelu.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/softplus.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"

// What golden values do not tell of activations.
namespace nn::test { namespace {

TEST(ReLU, ValuesAndSlopes) {
  ReLU relu;
  Tensor x = tensor({-2, Scalar(-0.0), 0, 3, INFINITY, -INFINITY});
  Tensor z = relu.forward(x);
  EXPECT_EQ(values(z), (std::vector<Scalar>{0, 0, 0, 3, INFINITY, 0}));
  Tensor dx = relu.backward_delta(x, Tensor::full({6}, 5));
  EXPECT_EQ(values(dx), (std::vector<Scalar>{0, 0, 0, 5, 5, 0}));
  EXPECT_TRUE(std::isnan(relu.predict(tensor({NAN}))(0)));
}

TEST(LeakyReLU, ValuesAndSlopes) {
  LeakyReLU layer(0.25);
  Tensor x = tensor({-2, 0, 3, INFINITY, -INFINITY});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{-0.5, 0, 3, INFINITY, -INFINITY}));
  EXPECT_EQ(values(layer.backward_delta(x, Tensor::full({5}, 8))),
            (std::vector<Scalar>{2, 2, 8, 8, 2}));
  EXPECT_TRUE(std::isnan(layer.predict(tensor({NAN}))(0)));
}

TEST(LeakyReLU, OfANegativeSlopeKeepsItsInput) {
  LeakyReLU layer(-2);
  Tensor x = tensor({-1, 1, Scalar(-0.5)}), before = x.clone();
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{2, 1, 1}));
  EXPECT_EQ(values(layer.backward_delta(x, Tensor::ones({3}))), (std::vector<Scalar>{-2, 1, -2}));
  EXPECT_TRUE(same_bits(x, before));
}

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

TEST(TanH, KeepsSmallNumbers) {
  for (double v : {1e-3, 1e-6, 1e-30}) {
    Scalar x = static_cast<Scalar>(v);
    EXPECT_NEAR(TanH().predict(tensor({x}))(0), std::tanh(static_cast<double>(x)), 3 * epsilon * v);
  }
}

TEST(TanH, IsFlatFarFromZero) {
  TanH layer;
  Tensor x = tensor({-1000, 1000, -INFINITY, INFINITY});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({-1, 1, -1, 1})));
  EXPECT_EQ(values(layer.backward_delta(x, Tensor::ones({4}))), std::vector<Scalar>(4, 0));
}

/// |got - expected| <= 1e-4 |expected|; a subnormal number may have become 0.
void expect_relatively(Scalar got, double expected) {
  if (std::abs(expected) < 1.2e-38 && got == 0) return;
  EXPECT_NEAR(got, expected, 1e-4 * std::abs(expected));
}

TEST(Sigmoid, HasTheRightLimitsAndKeepsSmallValues) {
  Sigmoid layer;
  Tensor x = tensor({-1000, -89, -30, 0, 89, 1000});
  Tensor z = layer.forward(x), slope = layer.backward_delta(x, Tensor::ones({6}));
  const double expected[] = {0, 2.227364e-39, 9.357623e-14, 0.5, 1, 1};
  const double slopes[] = {0, 2.227364e-39, 9.357623e-14, 0.25, 0, 0};
  for (Index i = 0; i < 6; ++i) {
    expect_relatively(z(i), expected[i]);
    expect_relatively(slope(i), slopes[i]);
  }
}

TEST(Softmax, IsFiniteAndSumsToOneForLargeInputs) {
  for (const Tensor& x : {tensor({{1000, 1001, 1002}}), tensor({{-1000, -1001, -1002}}),
                          tensor({{Scalar(1e8), Scalar(1e8)}}), tensor({{0, -200}})}) {
    Tensor p = Softmax().forward(x);
    EXPECT_TRUE(all_finite(p));
    EXPECT_NEAR(sum(p), 1, 4 * epsilon);
  }
}

TEST(PReLU, StartsAtAQuarter) {
  EXPECT_EQ(values(PReLU().forward(tensor({-4, 4}))), (std::vector<Scalar>{-1, 4}));
}

TEST(Activations, RefuseOptionsThatMakeNoSense) {
  EXPECT_THROW(ELU{NAN}, ArgumentError);
  EXPECT_THROW(ELU{-INFINITY}, ArgumentError);
  EXPECT_THROW(LeakyReLU{NAN}, ArgumentError);
  EXPECT_THROW(LeakyReLU{INFINITY}, ArgumentError);
  EXPECT_THROW(Softplus{0}, ArgumentError);
  EXPECT_THROW(Softplus{INFINITY}, ArgumentError);
  EXPECT_THROW(Softplus(1, NAN), ArgumentError);
  EXPECT_THROW(PReLU(0), ShapeError);
  EXPECT_THROW(PReLU(3).forward(Tensor::zeros({2, 4})), ShapeError);
}

}  // namespace
}  // namespace nn::test
