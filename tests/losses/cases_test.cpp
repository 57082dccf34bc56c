#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/ops/softmax.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test {
namespace {

struct Logits {
  Tensor z;
  Scalar target;
  double loss;
  Tensor gradient;
};

std::vector<Logits> large_logits() {
  auto row = [](double a, double b, double c) {
    return tensor({{static_cast<Scalar>(a), static_cast<Scalar>(b), static_cast<Scalar>(c)}});
  };
  const Scalar large = Scalar(1e8), half = Scalar(0.5);
  return {{row(1000, 1001, 1002), 0, 2.407605964, row(-0.909969427, 0.244728471, 0.665240956)},
          {row(-1000, -1001, -1002), 2, 2.407605964, row(0.665240956, 0.244728471, -0.909969427)},
          {tensor({{large, large}}), 1, 0.693147181, tensor({{half, -half}})},
          {tensor({{0, -200}}), 1, 200, tensor({{1, -1}})}};
}

TEST(Case_P08_LargeLogits, SoftmaxCrossEntropy) {
  SoftmaxCrossEntropyLoss loss;
  for (const Logits& given : large_logits()) {
    Tensor y = tensor({given.target});
    EXPECT_NEAR(loss.forward(y, given.z)(0), given.loss, tolerance * given.loss);
    EXPECT_TRUE(close(loss.backward(y, given.z), given.gradient));
  }
}

TEST(Case_P08_LargeLogits, CrossEntropyOfTheirSoftmaxIsFinite) {
  CrossEntropyLoss loss;
  for (const Logits& given : large_logits()) {
    Tensor y = tensor({given.target}), p = softmax(given.z);
    EXPECT_TRUE(all_finite(loss.forward(y, p)));
    EXPECT_TRUE(all_finite(loss.backward(y, p)));
  }
}

TEST(Case_P10_BCEOnProbabilitiesZeroAndOne, FiniteWithTheRightSigns) {
  Tensor p = tensor({1, 0, 1, 0}).reshape({4, 1}), t = tensor({1, 0, 0, 1});
  Tensor costs = BCELoss().forward(t, p), gradient = BCELoss().backward(t, p);
  EXPECT_EQ(values(costs), (std::vector<Scalar>{0, 0, 100, 100}));
  EXPECT_TRUE(all_finite(gradient));
  EXPECT_EQ(gradient(0, 0), 0);
  EXPECT_EQ(gradient(1, 0), 0);
  EXPECT_GT(gradient(2, 0), 0);
  EXPECT_LT(gradient(3, 0), 0);
  Tensor half = tensor({Scalar(0.5)});
  for (Scalar end : {Scalar(0), Scalar(1)}) {
    Tensor edge = tensor({end}).reshape({1, 1});
    EXPECT_EQ(BCELoss().forward(half, edge)(0), 50);
    EXPECT_TRUE(all_finite(BCELoss().backward(half, edge)));
  }
}

TEST(Case_P11_LabelsOutOfRange, AreRefusedByForwardAndBackward) {
  Tensor z = wave({2, 3}), p = softmax(z);
  for (const Tensor& y : {tensor({0, 3}), tensor({0, -1}), tensor({0, Scalar(1e9)}),
                          tensor({0, NAN}), tensor({0, Scalar(1.5)})}) {
    for (auto call : {&Loss::forward, &Loss::backward}) {
      EXPECT_THROW((CrossEntropyLoss().*call)(y, p), RangeError);
      std::string message =
          message_of<RangeError>([&] { (SoftmaxCrossEntropyLoss().*call)(y, z); });
      EXPECT_TRUE(contains(message, "row 1")) << message;
    }
  }
  EXPECT_THROW(SoftmaxCrossEntropyLoss().forward(tensor({0, 1, 2}), z), ShapeError);
  EXPECT_THROW(CrossEntropyLoss().backward(tensor({0, 1, 2}), p), ShapeError);
}

TEST(Case_P13_WhatMeanDividesBy, AllElements) {
  Tensor yhat = tensor({{1, 2, -1}, {Scalar(0.5), 0, 3}});
  Tensor y = tensor({{0, 2, 1}, {Scalar(0.5), -1, 0}});
  MSELoss loss;
  double divisor = loss.divisor(Reduction::mean, yhat.shape());
  EXPECT_EQ(divisor, 6);
  EXPECT_EQ(sum(loss.forward(y, yhat)) / divisor, 2.5);
  const Scalar third = Scalar{1} / 3;
  EXPECT_TRUE(close(loss.backward(y, yhat) / static_cast<Scalar>(divisor),
                    tensor({{third, 0, -2 * third}, {0, third, 1}})));
  EXPECT_EQ(loss.divisor(Reduction::batch_mean, yhat.shape()), 2);
  EXPECT_EQ(loss.divisor(Reduction::sum, yhat.shape()), 1);
}

TEST(Case_P15_BinaryHinge, ItemsAndSlopes) {
  Tensor v = tensor({Scalar(0.5), -2, 1, 3, -1}).reshape({5, 1}), y = tensor({1, 1, 1, -1, -1});
  Tensor items = HingeLoss().forward(y, v);
  EXPECT_EQ(values(items), (std::vector<Scalar>{0.5, 3, 0, 4, 0}));
  EXPECT_EQ(mean(items), 1.5);
  EXPECT_EQ(values(HingeLoss().backward(y, v)), (std::vector<Scalar>{-1, -1, 0, 1, 0}));
}

TEST(Case_P15_BinaryHinge, LabelsZeroAndOneAreRefused) {
  Tensor v = tensor({1, 2}).reshape({2, 1});
  EXPECT_THROW(HingeLoss().forward(tensor({0, 1}), v), RangeError);
  EXPECT_THROW(HingeLoss().backward(tensor({0, 1}), v), RangeError);
}

}  // namespace
}  // namespace nn::test
