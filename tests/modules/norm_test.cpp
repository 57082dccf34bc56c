#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/layer_norm.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/optim.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(BatchNorm, RunningStatisticsFollowAStep) {
  BatchNorm layer(1, {.momentum = 0.25});
  MSELoss loss;
  Optim optim(layer, loss, 0);
  const Tensor x = tensor({{1}, {2}, {6}});  // mean 3, variance 14/3, 7 without bias
  optim.step(x, x);
  EXPECT_TRUE(close(layer.running_mean(), tensor({0.75}), 100 * epsilon));
  EXPECT_TRUE(close(layer.running_var(), tensor({0.75 + 7 / 4.0}), 100 * epsilon));
  // predict() goes by them.
  EXPECT_TRUE(close(layer.predict(tensor({{0.75}})), tensor({{0}}), 100 * epsilon));
}

TEST(BatchNorm, ForwardAloneMovesNoRunningStatistics) {
  BatchNorm layer(2);
  const Tensor x = wave({5, 2});
  const Tensor before = layer.predict(x);
  layer.forward(x);
  EXPECT_TRUE(same_bits(layer.predict(x), before));
  EXPECT_TRUE(same_bits(layer.predict(x), before)) << "predicting twice";
  layer.update_running();
  EXPECT_FALSE(same_bits(layer.predict(x), before));
}

TEST(BatchNorm, ABatchOfNaNLeavesTheRunningStatistics) {
  Sequential net(Linear(2, 2), BatchNorm(2));
  MSELoss loss;
  Optim optim(net, loss, 0.1);
  const Tensor x = wave({4, 2}), y = wave({4, 2}, 1);
  optim.step(x, y);
  const Tensor expected = net.predict(x);
  Tensor bad = x.clone();
  bad(1, 1) = std::numeric_limits<Scalar>::quiet_NaN();
  EXPECT_TRUE(std::isnan(optim.step(bad, y)));
  EXPECT_TRUE(same_bits(net.predict(x), expected));
}

TEST(BatchNorm, ABatchOfOneIsAnErrorInTrainingOnly) {
  BatchNorm layer(3);
  const Tensor one = wave({1, 3});
  EXPECT_THROW(layer.forward(one), ShapeError);
  EXPECT_NO_THROW(layer.predict(one));
  EXPECT_NO_THROW(layer.forward(wave({1, 2, 3}))) << "two values of each feature";
  layer.train(false);
  EXPECT_TRUE(same_bits(layer.forward(one), layer.predict(one)));
}

TEST(BatchNorm, ManyRowsOfOneSignKeepTheirDigits) {
  const Index rows = 200000;
  BatchNorm layer(1, {.momentum = 1});
  Tensor x = Tensor::full({rows, 1}, Scalar(100.1));
  for (Index i = 0; i < rows; i += 2) x(i, 0) = Scalar(100.3);
  layer.forward(x);
  layer.update_running();
  EXPECT_NEAR(static_cast<double>(layer.running_mean().item()), 100.2, 1e-3);
  EXPECT_NEAR(static_cast<double>(layer.running_var().item()), 0.01, 1e-5);
}

TEST(BatchNorm, RefusesWhatMakesNoSense) {
  EXPECT_THROW(BatchNorm(0), ArgumentError);
  EXPECT_THROW(BatchNorm(-1), ArgumentError);
  EXPECT_THROW(BatchNorm(1, {.epsilon = 0}), ArgumentError);
  EXPECT_THROW(BatchNorm(1, {.momentum = 1.5}), ArgumentError);
  EXPECT_THROW(BatchNorm(1, {.momentum = std::nan("")}), ArgumentError);
}

TEST(LayerNorm, ARowOfEqualNumbersBecomesTheBias) {
  LayerNorm layer(17);
  EXPECT_TRUE(same_bits(layer.predict(Tensor::full({2, 17}, Scalar(0.1))), Tensor::zeros({2, 17})));
}

TEST(LayerNorm, RefusesWhatMakesNoSense) {
  EXPECT_THROW(LayerNorm(0), ArgumentError);
  EXPECT_THROW(LayerNorm(1, {.epsilon = -1}), ArgumentError);
}

}  // namespace
}  // namespace nn::test
