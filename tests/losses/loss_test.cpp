#include "nn/losses/loss.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/huber_loss.hpp"
#include "nn/losses/l1_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/ops/softmax.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// What is special to each loss.
namespace nn::test { namespace {

TEST(Loss, NamesOfReductions) {
  EXPECT_EQ(to_string(Reduction::sum), "sum");
  EXPECT_EQ(to_string(Reduction::batch_mean), "batch_mean");
  EXPECT_EQ(to_string(Reduction::mean), "mean");
}

TEST(MSELoss, TargetsMayBeALineForAColumn) {
  Tensor y = tensor({1, 2, 3}), yhat = tensor({1, 1, 1}).reshape({3, 1});
  EXPECT_TRUE(same_bits(MSELoss().forward(y, yhat), tensor({0, 1, 4})));
  EXPECT_EQ(MSELoss().backward(y, yhat).shape(), (Shape{3, 1}));
  EXPECT_THROW(MSELoss().forward(yhat, y), ShapeError);  // never (3, 3) by broadcasting
  EXPECT_THROW(MSELoss().forward(tensor({{1, 2, 3}}), yhat), ShapeError);
}

TEST(ClassLosses, LabelsAreOneHotRows) {
  Tensor yhat = wave({4, 3}), labels = tensor({2, 0, 1, 1}), rows = one_hot(labels, 3);
  for (const Loss* loss :
       std::initializer_list<const Loss*>{new CrossEntropyLoss, new SoftmaxCrossEntropyLoss}) {
    std::unique_ptr<const Loss> owner(loss);
    Tensor p = softmax(yhat);
    for (const Tensor& y : {labels, labels.reshape({4, 1})}) {
      EXPECT_TRUE(same_bits(loss->forward(y, p), loss->forward(rows, p)));
      EXPECT_TRUE(same_bits(loss->backward(y, p), loss->backward(rows, p)));
    }
    EXPECT_THROW(loss->forward(tensor({2, 0, 1}), p), ShapeError);
    EXPECT_THROW(loss->forward(labels, p.reshape({4, 3, 1})), ShapeError);
    EXPECT_THROW(loss->forward(tensor({2, 0, Scalar(0.5), 1}), p), RangeError);
    for (Scalar bad : {Scalar(-1), Scalar(2)}) {
      Tensor wrong = rows.clone();
      wrong(2, 1) = bad;
      EXPECT_THROW(loss->forward(wrong, p), RangeError);
      EXPECT_THROW(loss->backward(wrong, p), RangeError);
    }
    EXPECT_THROW(CrossEntropyLoss().forward(rows, p * 4), RangeError);
  }
}

TEST(CrossEntropyLoss, ZeroProbabilityIsFinite) {
  Tensor p = tensor({{0, 1}, {1, 0}}), y = tensor({0, 0});
  EXPECT_TRUE(same_bits(CrossEntropyLoss().forward(y, p), tensor({100, 0})));
  EXPECT_TRUE(close(CrossEntropyLoss().backward(y, p) / Scalar(1e12),
                    tensor({{-1, 0}, {Scalar(-1e-12), 0}}), 1e-6));
}

TEST(SoftmaxCrossEntropyLoss, ExcludedClassesCostNothing) {
  Tensor z = tensor({{0, -INFINITY}});
  EXPECT_EQ(SoftmaxCrossEntropyLoss().forward(tensor({0}), z)(0), 0);
  EXPECT_EQ(SoftmaxCrossEntropyLoss().forward(tensor({1}), z)(0), INFINITY);
}

TEST(BCELoss, OnlyProbabilities) {
  Tensor y = tensor({{0, 1}}), p = tensor({{Scalar(0.25), Scalar(0.5)}});
  for (Scalar bad : {Scalar(-0.1), Scalar(1.5), Scalar(INFINITY)}) {
    Tensor wrong = tensor({{Scalar(0.25), bad}});
    for (auto call : {&BCELoss::forward, &BCELoss::backward}) {
      std::string message = message_of<RangeError>([&] { (BCELoss().*call)(y, wrong); });
      EXPECT_TRUE(contains(message, "BCELoss: probability")) << message;
      message = message_of<RangeError>([&] { (BCELoss().*call)(wrong, p); });
      EXPECT_TRUE(contains(message, "BCELoss: target")) << message;
    }
  }
}

TEST(BCELosses, LabelsOfTheOtherConventionAreRefused) {
  Tensor y = tensor({{1, -1}}), p = tensor({{Scalar(0.25), Scalar(0.5)}});
  std::string message = message_of<RangeError>([&] { BCELoss().forward(y, p); });
  EXPECT_TRUE(contains(message, "target -1")) << message;
  message = message_of<RangeError>([&] { BCEWithLogitsLoss().forward(y, p); });
  EXPECT_TRUE(contains(message, "BCEWithLogitsLoss: target -1")) << message;
  EXPECT_THROW(BCEWithLogitsLoss().backward(y, p), RangeError);
}

TEST(BCEWithLogitsLoss, FarFromZero) {
  Tensor z = tensor({{1000, -1000, 1000, -1000, 0}}).reshape({5, 1}), y = tensor({1, 0, 0, 1, 1});
  Tensor costs = BCEWithLogitsLoss().forward(y, z);
  EXPECT_TRUE(close(costs, tensor({0, 0, 1000, 1000, Scalar(0.6931471805599453)})));
  EXPECT_EQ(values(BCEWithLogitsLoss().backward(y, z)),
            (std::vector<Scalar>{0, 0, 1, -1, Scalar(-0.5)}));
}

TEST(BCEWithLogitsLoss, KeepsSmallCosts) {  // ln(1 + e^-z) = e^-z where 1 + e^-z rounds to 1
  for (Scalar z : {Scalar(12), Scalar(25), Scalar(45)}) {
    Scalar cost = BCEWithLogitsLoss().forward(tensor({1}), tensor({z}).reshape({1, 1}))(0);
    double expected = std::log1p(std::exp(-static_cast<double>(z)));
    EXPECT_NEAR(cost, expected, 8 * epsilon * expected);
  }
}

TEST(HingeLoss, OnlySigns) {
  Tensor v = tensor({{1, 2}});
  for (Scalar bad : {Scalar(0), Scalar(2), Scalar(0.5), Scalar(NAN)}) {
    EXPECT_THROW(HingeLoss().forward(tensor({{1, bad}}), v), RangeError);
    EXPECT_THROW(HingeLoss().backward(tensor({{1, bad}}), v), RangeError);
  }
  std::string message = message_of<RangeError>([&] { HingeLoss().forward(tensor({{0, 1}}), v); });
  EXPECT_TRUE(contains(message, "HingeLoss: label 0")) << message;
}

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

TEST(SoftmaxCrossEntropyLoss, OfLargeLogitsIsRight) {
  SoftmaxCrossEntropyLoss loss;
  for (const Logits& given : large_logits()) {
    Tensor y = tensor({given.target});
    EXPECT_NEAR(loss.forward(y, given.z)(0), given.loss, tolerance * given.loss);
    EXPECT_TRUE(close(loss.backward(y, given.z), given.gradient));
  }
}

TEST(CrossEntropyLoss, OfTheSoftmaxOfLargeLogitsIsFinite) {
  CrossEntropyLoss loss;
  for (const Logits& given : large_logits()) {
    Tensor y = tensor({given.target}), p = softmax(given.z);
    EXPECT_TRUE(all_finite(loss.forward(y, p)));
    EXPECT_TRUE(all_finite(loss.backward(y, p)));
  }
}

TEST(BCELoss, OfProbabilitiesZeroAndOneIsFiniteWithTheRightSigns) {
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

TEST(ClassLosses, LabelsOutOfRangeAreRefused) {
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

TEST(L1Loss, ValuesAndSlopes) {
  Tensor v = tensor({{1, -3}, {2, NAN}}), y = tensor({{0, -1}, {2, 0}});
  Tensor costs = L1Loss().forward(y, v), gradient = L1Loss().backward(y, v);
  EXPECT_EQ(costs(0), 3);
  EXPECT_TRUE(std::isnan(costs(1)));
  EXPECT_EQ(values(gradient.slice(0, 0, 1)), (std::vector<Scalar>{1, -1}));
  EXPECT_EQ(gradient(1, 0), 0);
  EXPECT_TRUE(std::isnan(gradient(1, 1)));
}

TEST(HuberLoss, IsSquaredNearTheTargetAndAbsoluteBeyond) {
  Tensor v = tensor({Scalar(0.5), -1, 3, -3, NAN}).reshape({5, 1}), y = Tensor::zeros({5});
  Tensor costs = HuberLoss().forward(y, v), gradient = HuberLoss().backward(y, v);
  EXPECT_EQ(values(costs.slice(0, 0, 4)), (std::vector<Scalar>{0.125, 0.5, 2.5, 2.5}));
  EXPECT_EQ(values(gradient.slice(0, 0, 4)), (std::vector<Scalar>{0.5, -1, 1, -1}));
  EXPECT_TRUE(std::isnan(costs(4)) && std::isnan(gradient(4, 0)));
  EXPECT_EQ(HuberLoss(2).forward(y.slice(0, 2, 3), v.slice(0, 2, 3))(0), 4);  // 2 (3 - 1)
}

TEST(HuberLoss, RefusesADistanceWithoutMeaning) {
  for (double bad : {0.0, -1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)})
    EXPECT_THROW(HuberLoss{bad}, ArgumentError) << bad;
  if (!is_double) {
    EXPECT_THROW(HuberLoss{1e-50}, ArgumentError);
  }
}

TEST(SoftmaxCrossEntropyLoss, RefusesSmoothingOutsideZeroToOne) {
  for (double bad : {-0.1, 1.0, 2.0, static_cast<double>(NAN)})
    EXPECT_THROW(SoftmaxCrossEntropyLoss{bad}, ArgumentError) << bad;
}

TEST(HingeLoss, ValuesAndSlopes) {
  Tensor v = tensor({Scalar(0.5), -2, 1, 3, -1}).reshape({5, 1}), y = tensor({1, 1, 1, -1, -1});
  Tensor items = HingeLoss().forward(y, v);
  EXPECT_EQ(values(items), (std::vector<Scalar>{0.5, 3, 0, 4, 0}));
  EXPECT_EQ(mean(items), 1.5);
  EXPECT_EQ(values(HingeLoss().backward(y, v)), (std::vector<Scalar>{-1, -1, 0, 1, 0}));
}

}  // namespace
}  // namespace nn::test
