#include "nn/train/diagnose.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <utility>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/dropout.hpp"
#include "nn/modules/embedding.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/adam.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

/// Three classes of normal numbers, a part to train on and one to validate.
class DiagnoseTest : public ::testing::Test {
 protected:
  DiagnoseTest() {
    Rng rng(4);
    for (Dataset* part : {&train, &validation}) {
      const Index n = part == &train ? 300 : 60;
      *part = {rng.randn({n, 5}), Tensor({n})};
      for (Index i = 0; i < n; ++i) part->y(i) = static_cast<Scalar>(i % 3);
      for (Index i = 0; i < n; ++i) part->x(i, i % 3) += 2;
    }
  }

  template <class... Last>
  Sequential network(Index outputs, Last&&... last) {
    Sequential net{Linear(5, 16), BatchNorm(16), ReLU(), Dropout(0.2), Linear(16, outputs)};
    (net.append(std::forward<Last>(last)), ...);
    Rng rng(5);
    initialize(net, rng);
    return net;
  }

  /// The part with 0 and 1 for targets.
  Dataset two_classes() const {
    Dataset data{train.x, train.y.clone()};
    for (Index i = 0; i < data.size(); ++i) data.y(i) = static_cast<Scalar>(i % 2);
    return data;
  }

  Dataset train, validation;
  SoftmaxCrossEntropyLoss softmax_loss;
};

/// That there is one warning, with these words.
void expect_one(const std::vector<std::string>& warnings, const std::vector<std::string>& words) {
  ASSERT_EQ(warnings.size(), 1u) << ::testing::PrintToString(warnings);
  for (const std::string& word : words)
    EXPECT_NE(warnings[0].find(word), std::string::npos) << word << ": " << warnings[0];
}

TEST_F(DiagnoseTest, IsSilentOnASoundSetting) {
  Sequential net = network(3), sigmoid = network(1, Sigmoid()), plain = network(1);
  EXPECT_EQ(diagnose(net, softmax_loss, train, validation), std::vector<std::string>{});
  EXPECT_EQ(diagnose(net, softmax_loss, train), std::vector<std::string>{});
  Optim adam(net, softmax_loss, 1e-3, Adam()), descent(net, softmax_loss, 0.1);
  EXPECT_EQ(diagnose(adam, train, validation), std::vector<std::string>{});
  EXPECT_EQ(diagnose(descent, train, validation, 64), std::vector<std::string>{});
  EXPECT_EQ(diagnose(sigmoid, BCELoss(), two_classes()), std::vector<std::string>{});
  EXPECT_EQ(diagnose(plain, BCEWithLogitsLoss(), two_classes()), std::vector<std::string>{});
  EXPECT_EQ(diagnose(plain, MSELoss(), two_classes()), std::vector<std::string>{});
  Sequential probabilities = network(3, Softmax());
  EXPECT_EQ(diagnose(probabilities, CrossEntropyLoss(), train), std::vector<std::string>{});
}

TEST_F(DiagnoseTest, ProbabilitiesBeforeALossOnLogits) {
  expect_one(diagnose(network(3, Softmax()), softmax_loss, train),
             {"Softmax", "SoftmaxCrossEntropyLoss", "leave"});
  expect_one(diagnose(network(1, Sigmoid()), BCEWithLogitsLoss(), two_classes()),
             {"Sigmoid", "BCEWithLogitsLoss", "BCELoss"});
  Sequential outer;
  outer.append(network(3, Softmax()));
  expect_one(diagnose(outer, softmax_loss, train), {"Softmax"});
}

TEST_F(DiagnoseTest, LogitsBeforeALossOnProbabilities) {
  expect_one(diagnose(network(3), CrossEntropyLoss(), train), {"end it with Softmax"});
  expect_one(diagnose(network(3, Sigmoid()), CrossEntropyLoss(), train), {"add up to 1"});
  expect_one(diagnose(network(1, TanH()), BCELoss(), two_classes()), {"end it with Sigmoid"});
  const BCELoss loss;
  Sequential net = network(1);
  Optim optim(net, loss, 0.1);  // a step would throw
  expect_one(diagnose(optim, two_classes()), {"BCEWithLogitsLoss"});
}

TEST_F(DiagnoseTest, InputsFarFrom0And1) {
  const Sequential net = network(3);
  const Tensor x = train.x;
  train.x = x * 100;
  expect_one(diagnose(net, softmax_loss, train), {"x goes from", "scale"});
  train.x = x * Scalar(1e-4);
  expect_one(diagnose(net, softmax_loss, train), {"x goes from", "scale"});
  train.x = x.clone();
  for (Index i = 0; i < train.size(); ++i) train.x(i, 3) = static_cast<Scalar>(1900 + i % 100);
  expect_one(diagnose(net, softmax_loss, train), {"column 3", "1900", "scale"});
  for (Index i = 0; i < train.size(); ++i) train.x(i, 1) *= 1000;
  expect_one(diagnose(net, softmax_loss, train), {"columns 1 and 3", "scale"});
  Sequential pixels{Flatten(), Linear(25, 3)};
  train.x = map(Rng(1).rand({300, 5, 5}), [](Scalar v) { return 255 * v; });
  expect_one(diagnose(pixels, softmax_loss, train), {"from 0.0", "254."});
  // Sizes that do not matter.
  Sequential normalised{Flatten(), BatchNorm(25), Linear(25, 3)};
  EXPECT_EQ(diagnose(normalised, softmax_loss, train), std::vector<std::string>{});
  Sequential words{Embedding(100, 4), Flatten(), Linear(20, 3)};
  Tensor indices(x.shape());
  for (Index i = 0; i < x.numel(); ++i) indices.data()[i] = static_cast<Scalar>(7 * i % 100);
  EXPECT_EQ(diagnose(words, softmax_loss, {indices, train.y}), std::vector<std::string>{});
}

TEST_F(DiagnoseTest, ConstantColumns) {
  const Sequential net = network(3);
  for (Index i = 0; i < train.size(); ++i) train.x(i, 4) = Scalar(0.5);
  expect_one(diagnose(net, softmax_loss, train), {"column 4"});
  for (Index i = 0; i < train.size(); ++i) train.x(i, 1) = 0;
  expect_one(diagnose(net, softmax_loss, train), {"columns 1 and 4"});
  const std::vector<std::string> names{"age", "income", "height", "weight", "island=Dream"};
  expect_one(diagnose(net, softmax_loss, train, {}, names), {"income", "island=Dream"});
  EXPECT_THROW(diagnose(net, softmax_loss, train, {}, {"age"}), ArgumentError);
  EXPECT_EQ(diagnose(net, softmax_loss, train.slice(0, 1)).size(), 1u);  // the labels alone
}

TEST_F(DiagnoseTest, LabelsThatNeverOccur) {
  expect_one(diagnose(network(5), softmax_loss, train), {"5 classes", "3 and 4"});
  Tensor rows = Tensor::zeros({300, 3});
  for (Index i = 0; i < 300; ++i) rows(i, 2 * (i % 2)) = 1;
  expect_one(diagnose(network(3), softmax_loss, {train.x, rows}), {"no row of 1"});
  expect_one(diagnose(network(1), BCEWithLogitsLoss(), {train.x, Tensor::full({300}, 1)}),
             {"no row of 0"});
}

TEST_F(DiagnoseTest, AValidationPartInsideTheTrainingPart) {
  const Sequential net = network(3);
  expect_one(diagnose(net, softmax_loss, train, train), {"300 of the 300"});
  expect_one(diagnose(net, softmax_loss, train, train.slice(40, 80)), {"40 of the 40"});
  Dataset some{validation.x.clone(), validation.y};
  some.x.slice(0, 0, 20).copy_from(train.x.slice(0, 100, 120));
  expect_one(diagnose(net, softmax_loss, train, some), {"20 of the 60"});
  some.x.slice(0, 1, 20).copy_from(validation.x.slice(0, 1, 20));
  EXPECT_EQ(diagnose(net, softmax_loss, train, some), std::vector<std::string>{});  // by chance
  // Where rows repeat anyway, they may be in both parts.
  for (Dataset* part : {&train, &validation})
    for (Index i = 0; i < part->x.numel(); ++i)
      part->x.data()[i] = part->x.data()[i] > 0 ? Scalar(1) : Scalar(0);
  EXPECT_EQ(diagnose(net, softmax_loss, train, validation), std::vector<std::string>{});
}

TEST_F(DiagnoseTest, AStepAtWhichTheCostExplodes) {
  Sequential net = network(3);
  const MSELoss squares;
  Sequential line{Linear(5, 1)};
  Optim large(net, softmax_loss, 1e3), adam(net, softmax_loss, 30, Adam());
  Optim divergent(line, squares, 10);
  expect_one(diagnose(large, train, validation), {"of size 1000", "a tenth"});
  expect_one(diagnose(adam, train, validation), {"of size 30"});
  expect_one(diagnose(divergent, {train.x, train.y}), {"of size 10"});
  train.y.fill(std::numeric_limits<Scalar>::infinity());
  expect_one(diagnose(divergent, {train.x, train.y}), {"before the first step"});
}

TEST_F(DiagnoseTest, ChangesNothing) {
  Sequential net = network(3), same = network(3);
  Optim optim(net, softmax_loss, 0.01, Adam()), other(same, softmax_loss, 0.01, Adam());
  const std::vector<ParameterPtr> p = net.parameters(), q = same.parameters();
  auto expect_same = [&] {
    for (std::size_t i = 0; i < p.size(); ++i) EXPECT_TRUE(same_bits(p[i]->value, q[i]->value));
    for (std::size_t i = 0; i < net.named_buffers().size(); ++i)
      EXPECT_TRUE(same_bits(net.named_buffers()[i].second, same.named_buffers()[i].second));
    EXPECT_EQ(optim.rule().steps(), other.rule().steps());
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(diagnose(optim, train, validation), std::vector<std::string>{});
    expect_same();
    EXPECT_EQ(optim.step(train.x, train.y), other.step(train.x, train.y));
    expect_same();
  }
  train.y.fill(7);  // a label that the loss refuses
  EXPECT_THROW((void)diagnose(optim, train), RangeError);
  expect_same();
}

TEST_F(DiagnoseTest, WrongInput) {
  Sequential net = network(3);
  Optim optim(net, softmax_loss, 0.01);
  EXPECT_THROW((void)diagnose(net, softmax_loss, train.slice(0, 0)), ArgumentError);
  EXPECT_THROW((void)diagnose(net, softmax_loss, {Tensor({4, 6}), Tensor({4})}), ShapeError);
  EXPECT_THROW((void)diagnose(optim, train, {}, 0), ArgumentError);
}

}  // namespace
}  // namespace nn::test
