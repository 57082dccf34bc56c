#include "nn/train/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/golden.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"

namespace nn::test { namespace {

const Tensor kScores = tensor({{1, 3, 2}, {5, 5, 0}, {0, 0, 1}, {-1, -2, -3}});  // 1 0 2 0

TEST(Metrics, Classify) {
  EXPECT_TRUE(same_bits(classify(kScores), tensor({1, 0, 2, 0})));
  Tensor column = tensor({Scalar(0.2), Scalar(0.5), Scalar(0.7)}).reshape({3, 1});
  EXPECT_TRUE(same_bits(classify(column), tensor({0, 0, 1})));
  EXPECT_TRUE(same_bits(classify(column.reshape({3})), tensor({0, 0, 1})));
  EXPECT_TRUE(same_bits(classify(tensor({-1, Scalar(0.3), 2}), 0), tensor({0, 1, 1})));
  EXPECT_EQ(classify(Tensor::zeros({0, 3})).shape(), Shape{0});
  EXPECT_THROW(classify(Tensor::zeros({2, 2, 2})), ShapeError);
  EXPECT_THROW(classify(Tensor::zeros({})), ShapeError);
}

TEST(Metrics, ClassIndices) {
  EXPECT_TRUE(same_bits(class_indices(one_hot(tensor({2, 0}), 3)), tensor({2, 0})));
  EXPECT_TRUE(same_bits(class_indices(tensor({2, 0, 5})), tensor({2, 0, 5})));
  EXPECT_TRUE(same_bits(class_indices(tensor({-1, 1}).reshape({2, 1})), tensor({0, 1})));
  EXPECT_THROW(class_indices(Tensor::zeros({2, 2, 2})), ShapeError);
}

TEST(Metrics, AccuracyOfEveryKindOfTarget) {
  Tensor labels = tensor({1, 0, 0, 0});
  EXPECT_EQ(accuracy(labels, kScores), 0.75);
  EXPECT_EQ(accuracy(labels.reshape({4, 1}), kScores), 0.75);
  EXPECT_EQ(accuracy(one_hot(labels, 3), kScores), 0.75);
  EXPECT_EQ(accuracy(scattered(labels), scattered(kScores)), 0.75);
  Tensor output = tensor({Scalar(0.9), Scalar(0.2), Scalar(0.6), Scalar(0.4)}).reshape({4, 1});
  EXPECT_EQ(accuracy(tensor({1, 0, 0, 0}), output), 0.75);
  EXPECT_EQ(accuracy(tensor({1, -1, -1, -1}).reshape({4, 1}), output), 0.75);
  EXPECT_EQ(accuracy(tensor({1, -1, -1, 1}), tensor({2, -3, 1, Scalar(0.1)}), 0), 0.75);
}

TEST(Metrics, AccuracyOfWrongShapes) {
  EXPECT_THROW(accuracy(tensor({1, 0}), kScores), ShapeError);
  EXPECT_THROW(accuracy(one_hot(tensor({1, 0, 0, 0}), 2), kScores), ShapeError);
  EXPECT_THROW(accuracy(one_hot(tensor({1, 0, 2}), 3), wave({3, 1})), ShapeError);
  EXPECT_EQ(accuracy(one_hot(tensor({1, 0}), 2), tensor({2, -1})), 1);
  EXPECT_THROW(confusion_matrix(one_hot(tensor({1, 0, 0, 0}), 2), kScores, 3), ShapeError);
  EXPECT_THROW(accuracy(Tensor::zeros({0}), Tensor::zeros({0, 3})), ShapeError);
  EXPECT_EQ(accuracy(tensor({7, 8, 9, 10}), kScores), 0);
}

TEST(Metrics, ConfusionMatrix) {
  Tensor counts = confusion_matrix(tensor({1, 0, 0, 2}), kScores, 3);
  EXPECT_TRUE(same_bits(counts, tensor({{1, 0, 1}, {0, 1, 0}, {1, 0, 0}})));
  EXPECT_EQ(sum(counts), 4);
  Tensor binary = confusion_matrix(tensor({-1, 1, 1}), tensor({-2, -1, 3}), 2, 0);
  EXPECT_TRUE(same_bits(binary, tensor({{1, 0}, {1, 1}})));
  EXPECT_TRUE(same_bits(confusion_matrix(Tensor(), Tensor(), 2), Tensor::zeros({2, 2})));
}

TEST(Metrics, ConfusionMatrixOfUnknownClasses) {
  EXPECT_THROW(confusion_matrix(tensor({1, 0, 0, 3}), kScores, 3), RangeError);
  EXPECT_THROW(confusion_matrix(tensor({1, 0, 0, 1}), kScores, 2), RangeError);
  EXPECT_THROW(confusion_matrix(tensor({1, 0, 0, Scalar(0.5)}), kScores, 3), RangeError);
  EXPECT_THROW(confusion_matrix(tensor({1, 0, 0, NAN}), kScores, 3), RangeError);
  EXPECT_THROW(confusion_matrix(tensor({1, 0}), kScores, 3), ShapeError);
}

TEST(Metrics, ARowWithNaNHasNoClassAndIsNeverRight) {
  const Tensor rows = tensor({{NAN, 1, 2}, {1, NAN, 2}, {1, 2, NAN}, {NAN, NAN, NAN}, {0, 0, 1}});
  const Tensor found = classify(rows);
  for (Index i = 0; i < 4; ++i) EXPECT_TRUE(std::isnan(found(i)));
  EXPECT_EQ(found(4), 2);
  for (Scalar label : {Scalar(0), Scalar(1), Scalar(2)}) {
    const Tensor labels = Tensor::full({5}, label);
    EXPECT_EQ(accuracy(labels, rows), label == 2 ? 0.2 : 0);
    EXPECT_EQ(accuracy(one_hot(labels, 3), rows), label == 2 ? 0.2 : 0);
    EXPECT_THROW(confusion_matrix(labels, rows, 3), RangeError);
  }
  EXPECT_EQ(accuracy(rows, rows), 0.2);  // nor a target
  const Tensor column = Tensor::full({4, 1}, NAN);
  for (Scalar label : {Scalar(-1), Scalar(0), Scalar(1)})
    for (Scalar threshold : {Scalar(0.5), Scalar(0)}) {
      EXPECT_EQ(accuracy(Tensor::full({4}, label), column, threshold), 0);
      EXPECT_EQ(accuracy(column, Tensor::full({4, 1}, label), threshold), 0);
      EXPECT_THROW(confusion_matrix(Tensor::full({4}, label), column, 2, threshold), RangeError);
    }
  Linear net(3, 3);
  net.bias()->value.fill(NAN);
  EXPECT_EQ(accuracy(net, {wave({6, 3}), tensor({0, 1, 2, 0, 1, 2})}), 0);
  EXPECT_THROW(classify(column, NAN), ArgumentError);
}

TEST(Metrics, LogitsAboveZeroAreProbabilitiesAboveAHalf) {
  const Tensor y = tensor({0, 1, 1, 1});
  const Tensor logits = tensor({-2, Scalar(0.25), Scalar(0.4), 3}).reshape({4, 1});
  EXPECT_EQ(accuracy(y, logits, 0), accuracy(y, sigmoid(logits)));
  EXPECT_TRUE(
      same_bits(confusion_matrix(y, logits, 2, 0), confusion_matrix(y, sigmoid(logits), 2)));
  EXPECT_EQ(accuracy(y, logits, 0), 1);
}

TEST(Metrics, OfANetwork) {
  Linear net(2, 1);
  MSELoss loss;
  Dataset data{wave({5, 2}), tensor({0, 1, 1, 0, 1})};
  EXPECT_EQ(evaluate(net, loss, data), mean(loss.forward(data.y, net.predict(data.x))));
  EXPECT_EQ(accuracy(net, data), accuracy(data.y, net.predict(data.x)));
  EXPECT_EQ(accuracy(net, data, -100), 0.6);
  EXPECT_THROW(evaluate(net, loss, {Tensor::zeros({0, 2}), Tensor::zeros({0})}), ShapeError);
}

TEST(Metrics, PredictEqualsTheNetworksOwn) {
  const Sequential net{Linear(3, 40), TanH(), Linear(40, 2)};
  for (const Index rows : {0, 1, 128, 129, 700}) {
    const Tensor x = wave({rows, 3}), expected = net.predict(x);
    for (const int threads : {1, 2, 5}) {
      const Threads limit(threads);
      EXPECT_TRUE(same_bits(predict(net, x), expected)) << rows << " rows, " << threads;
    }
  }
  EXPECT_THROW(predict(net, wave({700, 4})), ShapeError);
}

void expect_near(const Tensor& got, const Tensor& expected) {
  ASSERT_EQ(got.shape(), expected.shape());
  EXPECT_TRUE(close(got, expected, golden_tolerance)) << got << expected;
}

TEST(GoldenMetrics, OfClasses) {
  for (const char* name : {"four_classes", "absent_class"}) {
    const GoldenCase expected = golden("metrics.txt", name);
    const Tensor y = expected["y"], scores = expected["scores"];
    const ClassScores got = class_scores(y, scores, 4);
    expect_near(got.precision, expected["precision"]);
    expect_near(got.recall, expected["recall"]);
    expect_near(got.f1, expected["f1"]);
    expect_near(got.support, expected["support"]);
    EXPECT_NEAR(got.macro(got.f1), expected.numbers("averages")[0], golden_tolerance);
    EXPECT_NEAR(got.weighted(got.f1), expected.numbers("averages")[1], golden_tolerance);
    for (Index k : {1, 2, 3})
      EXPECT_NEAR(top_k_accuracy(y, scores, k),
                  expected.numbers("top")[static_cast<std::size_t>(k - 1)], 1e-12);
    EXPECT_NEAR(log_loss(y, scores), expected.numbers("log_loss")[0], golden_tolerance);
    if (expected.has("area"))
      EXPECT_NEAR(roc_auc(y, scores), expected.numbers("area")[0], 1e-12);
    else
      EXPECT_THROW(roc_auc(y, scores), ArgumentError);
  }
}

TEST(GoldenMetrics, OfTwoClassesAndOfNumbers) {
  const GoldenCase two = golden("metrics.txt", "two_classes");
  EXPECT_NEAR(roc_auc(two["y"], two["p"]), two.numbers("area")[0], 1e-12);
  EXPECT_NEAR(roc_auc(two["y"] * 2 - 1, two["p"].reshape({60, 1})), two.numbers("area")[0], 1e-12);
  EXPECT_NEAR(log_loss(two["y"], two["p"]), two.numbers("log_loss")[0], golden_tolerance);
  const GoldenCase numbers = golden("metrics.txt", "numbers");
  const Tensor y = numbers["y"], yhat = numbers["yhat"];
  EXPECT_NEAR(r2_score(y, yhat), numbers.numbers("r2")[0], golden_tolerance * 10);
  EXPECT_NEAR(r2_score(y.select(1, 0), yhat.select(1, 0)), numbers.numbers("r2")[1],
              golden_tolerance * 10);
  EXPECT_NEAR(mean_absolute_error(y, yhat), numbers.numbers("mae")[0], golden_tolerance);
}

TEST(Metrics, NanNeverCountsAsRight) {
  const Tensor y = tensor({0, 1, 1}), nan = tensor({{1, 0}, {0, NAN}, {0, 1}});
  const ClassScores scores = class_scores(y, nan, 2);
  EXPECT_TRUE(same_bits(scores.recall, tensor({1, Scalar(0.5)})));
  EXPECT_TRUE(same_bits(scores.precision, tensor({1, 1})));
  EXPECT_NEAR(top_k_accuracy(y, nan, 2), 2.0 / 3, 1e-12);
  EXPECT_EQ(roc_auc(y, tensor({Scalar(0.5), NAN, 1})), 0.5);
  EXPECT_EQ(roc_auc(y, tensor({NAN, Scalar(0.5), 1})), 0);
  EXPECT_TRUE(std::isnan(log_loss(y, tensor({NAN, Scalar(0.5), 1}))));
  EXPECT_THROW(class_scores(tensor({0, NAN, 1}), nan, 2), RangeError);
}

TEST(Metrics, EqualScoresCountHalfAndTheFirstOfThemIsTaken) {
  EXPECT_EQ(roc_auc(tensor({0, 1, 0, 1}), Tensor::ones({4})), 0.5);
  EXPECT_EQ(roc_auc(tensor({0, 0, 1, 1}), tensor({1, 2, 3, 4})), 1);
  EXPECT_EQ(top_k_accuracy(tensor({0, 1}), Tensor::ones({2, 3}), 1), 0.5);
  EXPECT_EQ(top_k_accuracy(tensor({0, 7}), Tensor::ones({2, 3}), 3), 0.5);
  EXPECT_THROW(top_k_accuracy(tensor({0, 1}), Tensor::ones({2, 3}), 0), ArgumentError);
  EXPECT_THROW(roc_auc(tensor({1, 1}), tensor({1, 2})), ArgumentError);
  EXPECT_THROW(log_loss(tensor({1, 1}), tensor({1, 2})), RangeError);
  EXPECT_THROW(r2_score(tensor({1}), tensor({1})), ShapeError);
  EXPECT_THROW(mean_absolute_error(tensor({1, 2}), tensor({1, 2}).reshape({2, 1})), ShapeError);
  EXPECT_EQ(r2_score(tensor({1, 1}), tensor({1, 1})), 1);
  EXPECT_EQ(r2_score(tensor({1, 1}), tensor({1, 2})), 0);
}

}  // namespace
}  // namespace nn::test
