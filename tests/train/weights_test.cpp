// Examples that count more or less than others.

#include "support/weights.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/metrics.hpp"
#include "nn/train/optim.hpp"
#include "nn/train/sgd.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/mlp.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

constexpr double rounding = is_double ? 1e-12 : 1e-5;
constexpr Reduction kReductions[] = {Reduction::sum, Reduction::batch_mean, Reduction::mean};

/// Trains two networks, on the two datasets, and expects the same costs and parameters.
template <class Rule>
void expect_same_training(const Dataset& a, const Dataset& b, Reduction reduction, Rule rule) {
  Sequential first = mlp(), second = mlp();
  MSELoss loss;
  Optim one(first, loss, 0.05, reduction, rule), other(second, loss, 0.05, reduction, rule);
  for (int i = 0; i < 4; ++i)
    EXPECT_NEAR(one.step(a.x, a.y, a.weight), other.step(b.x, b.y, b.weight), rounding);
  expect_close_weights(first, second, rounding);
  EXPECT_NEAR(evaluate(first, loss, a), evaluate(second, loss, b), rounding);
}

TEST(Weights, OfZeroLeaveTheExampleOut) {
  const Dataset all{wave({5, 3}), wave({5, 2}, 1), tensor({1, 0, 1, 1, 0})};
  const std::vector<Index> rows{0, 2, 3};
  Dataset kept = take(all, rows);
  kept.weight = Tensor();
  for (Reduction reduction : kReductions) {
    expect_same_training(all, kept, reduction, GradientDescent());
    expect_same_training(all, kept, reduction, Adam());
  }
}

TEST(Weights, OfTwoCountAnExampleTwice) {
  const Dataset all{wave({3, 3}), wave({3, 2}, 1), tensor({1, 2, 1})};
  const std::vector<Index> rows{0, 1, 1, 2};
  Dataset twice = take(all, rows);
  twice.weight = Tensor();
  for (Reduction reduction : kReductions)
    expect_same_training(all, twice, reduction, GradientDescent());
}

TEST(Weights, OfOneChangeNoBit) {
  const Tensor x = wave({5, 3}), y = wave({5, 2}, 1), ones = Tensor::ones({5});
  MSELoss loss;
  for (Reduction reduction : kReductions) {
    Sequential a = mlp(), b = mlp();
    Optim one(a, loss, 0.05, reduction), other(b, loss, 0.05, reduction);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(one.step(x, y), other.step(x, y, ones));
    expect_weights(b, weights(a));
    EXPECT_EQ(evaluate(a, loss, {x, y}), evaluate(a, loss, {x, y, ones}));
  }
}

TEST(Weights, AllOfZeroMakeNoStep) {
  const Tensor x = wave({5, 3}), y = wave({5, 2}, 1), none = Tensor::zeros({5});
  MSELoss loss;
  Sequential net = mlp();
  const std::vector<Tensor> before = weights(net);
  Optim plain(net, loss, 0.1), adam(net, loss, 0.1, Adam());
  for (Optim* optim : {&plain, &adam}) {
    EXPECT_EQ(optim->step(x, y, none), 0);
    EXPECT_EQ(optim->rule().steps(), 0);
  }
  expect_weights(net, before);
  EXPECT_THROW(evaluate(net, loss, {x, y, none}), ArgumentError);
  Rng rng(1);
  double epoch_loss = NAN;
  const TrainingResult result = SGD(plain, {x, y, none}, {.batch_size = 2, .epochs = 1}, rng,
                                    [&](const Epoch& epoch) { epoch_loss = epoch.loss; });
  EXPECT_FALSE(result.diverged);
  EXPECT_EQ(epoch_loss, 0);
  expect_weights(net, before);
}

TEST(Weights, ThatMakeNoSenseAreRefused) {
  const Tensor x = wave({3, 3}), y = wave({3, 2}, 1);
  MSELoss loss;
  Sequential net = mlp();
  const std::vector<Tensor> before = weights(net);
  Optim optim(net, loss, 0.1);
  for (Scalar bad : {Scalar(-1), Scalar(NAN), Scalar(INFINITY)}) {
    const Tensor weight = tensor({1, 1, bad});
    EXPECT_THROW(optim.step(x, y, weight), RangeError);
    EXPECT_THROW(evaluate(net, loss, {x, y, weight}), RangeError);
    Rng rng(1);
    const std::string message = message_of<RangeError>([&] {
      SGD(optim, {x, y, weight}, {.batch_size = 1, .iterations = 3, .shuffle = false}, rng).check();
    });
    EXPECT_TRUE(contains(message, "row 2")) << message;
    for (std::size_t i = 0; i < before.size(); ++i) net.parameters()[i]->value.copy_from(before[i]);
  }
  EXPECT_THROW(optim.step(x, y, tensor({1, 1})), ShapeError);
  EXPECT_THROW(optim.step(x, y, Tensor::ones({3, 1})), ShapeError);
  expect_weights(net, before);
}

TEST(Weights, AverageTheCostsOfAnEpoch) {
  // A network that gives 0 and does not move: the costs are the targets' squares.
  Linear net(1, 1, false);
  net.weight()->value.fill(0);
  MSELoss loss;
  Optim optim(net, loss, 0);
  const Dataset data{wave({4, 1}), tensor({1, 2, 3, 4}).reshape({4, 1}), tensor({1, 3, 0, 2})};
  double epoch_loss = NAN, validation_loss = NAN;
  Rng rng(1);
  SGD(optim, data, {.batch_size = 3, .epochs = 1, .validation = &data}, rng,
      [&](const Epoch& epoch) {
        epoch_loss = epoch.loss;
        validation_loss = epoch.validation_loss;
      })
      .check();
  EXPECT_NEAR(epoch_loss, (1 + 3 * 4 + 2 * 16) / 6.0, rounding * 10);
  EXPECT_NEAR(validation_loss, (1 + 3 * 4 + 2 * 16) / 6.0, rounding * 10);
}

TEST(Weights, AllocateNothingAfterTheFirstStep) {
  if (!counts_allocations()) GTEST_SKIP() << "operator new is not ours here";
  Sequential net = mlp();
  MSELoss loss;
  Optim optim(net, loss, 0.1);
  const Tensor x = wave({50, 3}), y = wave({50, 2}, 1), weight = wave({50}) + 1;
  const Tensor none = Tensor::zeros({50});
  optim.step(x, y, weight);
  const long before = allocations();
  for (int i = 0; i < 3; ++i) optim.step(x, y, weight);
  EXPECT_EQ(allocations(), before);
  for (int i = 0; i < 3; ++i) optim.step(x, y, none);
  EXPECT_EQ(allocations(), before);
}

}  // namespace
}  // namespace nn::test
