#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/gradient_check.hpp"
#include "support/compare.hpp"
#include "support/loss_cases.hpp"

// What holds for every loss: see support/loss_cases.hpp for the list.
namespace nn::test { namespace {

class LossProperties : public ::testing::TestWithParam<LossCase> {
 protected:
  void SetUp() override { loss = GetParam().make(); }
  Tensor y(Index batch) const { return GetParam().y(batch); }
  Tensor yhat(Index batch) const { return GetParam().yhat(batch); }

  std::unique_ptr<Loss> loss;
};

TEST_P(LossProperties, OneCostPerExample) {
  for (Index batch : {1, 2, 5}) {
    Tensor costs = loss->forward(y(batch), yhat(batch));
    EXPECT_EQ(costs.shape(), Shape{batch});
    EXPECT_TRUE(all_finite(costs));
    EXPECT_GE(min(costs), 0);
    EXPECT_EQ(loss->backward(y(batch), yhat(batch)).shape(), yhat(batch).shape());
  }
}

TEST_P(LossProperties, GradientAgreesWithCentralDifferences) {
  if (!is_double) GTEST_SKIP() << "needs double: differences of floats say too little";
  for (Index batch : {1, 2, 5}) {
    GradientCheck check = check_gradients(*loss, y(batch), yhat(batch));
    EXPECT_TRUE(check.ok(1e-7)) << check;
    EXPECT_EQ(check.elements, yhat(batch).numel());
  }
}

TEST_P(LossProperties, ABatchOfTwoIsTwoBatches) {
  Tensor targets = y(2), outputs = yhat(2);
  Tensor costs = loss->forward(targets, outputs), gradient = loss->backward(targets, outputs);
  for (Index i : {0, 1}) {
    Tensor yi = targets.slice(0, i, i + 1), pi = outputs.slice(0, i, i + 1);
    EXPECT_TRUE(same_bits(loss->forward(yi, pi), costs.slice(0, i, i + 1)));
    EXPECT_TRUE(same_bits(loss->backward(yi, pi), gradient.slice(0, i, i + 1)));
  }
}

TEST_P(LossProperties, InOneCallAreTheBitsOfTwo) {
  for (Index batch : {0, 1, 5, 40}) {
    Tensor targets = y(batch), outputs = yhat(batch), delta;
    for (const Tensor& o : {outputs, scattered(outputs)}) {
      Tensor costs = loss->forward_backward(targets, o, delta);
      EXPECT_TRUE(same_bits(costs, loss->forward(targets, outputs)));
      EXPECT_TRUE(same_bits(delta, loss->backward(targets, outputs)));
    }
  }
}

TEST_P(LossProperties, StridedIsContiguous) {
  Tensor targets = y(3), outputs = yhat(3);
  for (const Tensor& t : {targets, scattered(targets)})
    for (const Tensor& o : {outputs, scattered(outputs)}) {
      EXPECT_TRUE(same_bits(loss->forward(t, o), loss->forward(targets, outputs)));
      EXPECT_TRUE(same_bits(loss->backward(t, o), loss->backward(targets, outputs)));
    }
}

TEST_P(LossProperties, EmptyBatch) {
  EXPECT_EQ(loss->forward(y(0), yhat(0)).shape(), Shape{0});
  EXPECT_EQ(loss->backward(y(0), yhat(0)).shape(), yhat(0).shape());
  for (Reduction r : {Reduction::sum, Reduction::batch_mean, Reduction::mean})
    EXPECT_EQ(loss->divisor(r, yhat(0).shape()), 1);
}

TEST_P(LossProperties, ResultsAreNewAndArgumentsUntouched) {
  Tensor targets = y(3), outputs = yhat(3), t = targets.clone(), o = outputs.clone();
  Tensor costs = loss->forward(targets, outputs), gradient = loss->backward(targets, outputs);
  for (const Tensor& result : {costs, gradient}) {
    EXPECT_FALSE(may_overlap(result, targets));
    EXPECT_FALSE(may_overlap(result, outputs));
  }
  EXPECT_TRUE(same_bits(targets, t));
  EXPECT_TRUE(same_bits(outputs, o));
  Tensor kept = gradient.clone();
  loss->backward(y(3), yhat(3));
  EXPECT_TRUE(same_bits(gradient, kept));
}

TEST_P(LossProperties, WrongShapesAreNamed) {
  Tensor targets = y(3), outputs = yhat(3);
  for (const Tensor& wrong : {y(2), y(4), Tensor::zeros({}), Tensor::zeros({3, 9}), Tensor(),
                              targets.reshape(targets.shape().inserted(0, 1))}) {
    std::string message = message_of<ShapeError>([&] { loss->forward(wrong, outputs); });
    const std::string name = loss->describe();
    EXPECT_TRUE(contains(message, name.substr(0, name.find('(')))) << message;
    EXPECT_TRUE(contains(message, wrong.shape().to_string())) << message;
    EXPECT_TRUE(contains(message, outputs.shape().to_string())) << message;
    EXPECT_EQ(message_of<ShapeError>([&] { loss->backward(wrong, outputs); }), message);
    Tensor delta;
    EXPECT_EQ(message_of<ShapeError>([&] { loss->forward_backward(wrong, outputs, delta); }),
              message);
  }
  EXPECT_THROW(loss->forward(Tensor::zeros({}), Tensor::zeros({})), ShapeError);
}

TEST_P(LossProperties, NanReachesTheCost) {
  Tensor outputs = yhat(2).clone();
  for (Index i = 0; i < outputs.numel() / 2; ++i) outputs.data()[i] = NAN;
  Tensor costs = loss->forward(y(2), outputs);
  EXPECT_TRUE(std::isnan(costs(0)));
  EXPECT_TRUE(std::isfinite(costs(1)));
}

TEST_P(LossProperties, Divisors) {
  Shape shape = yhat(3).shape();
  EXPECT_EQ(loss->divisor(Reduction::sum, shape), 1);
  EXPECT_EQ(loss->divisor(Reduction::batch_mean, shape), 3);
  bool per_example = contains(GetParam().name, "CrossEntropy");
  EXPECT_EQ(loss->divisor(Reduction::mean, shape),
            static_cast<double>(per_example ? 3 : shape.numel()));
}

INSTANTIATE_TEST_SUITE_P(All, LossProperties, ::testing::ValuesIn(loss_cases()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace nn::test
