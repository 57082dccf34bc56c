#include "nn/train/sgd.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/metrics.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

Dataset data(Index n, double phase = 0) { return {wave({n, 2}, phase), wave({n, 1}, phase + 1)}; }

class SGDTest : public ::testing::Test {
 protected:
  Linear net{2, 1};
  MSELoss loss;
  Optim optim{net, loss, 0.01, Reduction::sum};
  Rng rng{7};
};

TEST_F(SGDTest, IsStepsOnBatchesInOrder) {
  Dataset train = data(7);
  Linear by_hand(2, 1);
  Optim steps(by_hand, loss, 0.01, Reduction::sum);
  TrainingResult result = SGD(optim, train, {.batch_size = 3, .epochs = 2, .shuffle = false}, rng);
  for (int epoch = 0; epoch < 2; ++epoch)
    for (Index begin : {0, 3, 6}) {
      Dataset batch = train.slice(begin, std::min<Index>(begin + 3, 7));
      steps.step(batch.x, batch.y);
    }
  EXPECT_TRUE(same_bits(net.weight()->value, by_hand.weight()->value));
  EXPECT_TRUE(same_bits(net.bias()->value, by_hand.bias()->value));
  EXPECT_EQ(result.epochs, 2);
  EXPECT_EQ(result.iterations, 6);
  EXPECT_FALSE(result.diverged);
  EXPECT_EQ(result.where, "");
  EXPECT_EQ(result.best_epoch, 0);
  EXPECT_TRUE(std::isnan(result.best_loss));
}

TEST_F(SGDTest, DropsALastBatchThatIsSmaller) {
  auto iterations = [&](Index examples, Index batch_size) {
    SGDOptions options{.batch_size = batch_size, .epochs = 2, .drop_last = true};
    return SGD(optim, data(examples), options, rng).iterations;
  };
  EXPECT_EQ(iterations(7, 3), 4);
  EXPECT_EQ(iterations(6, 3), 4);
  EXPECT_EQ(iterations(2, 3), 2);  // the only one there is
}

TEST_F(SGDTest, ShufflesByTheGenerator) {
  Dataset train = data(7);
  SGD(optim, train, {.batch_size = 7, .epochs = 1}, rng).check();
  Linear by_hand(2, 1);
  Dataset shuffled = take(train, Rng(7).permutation(7));
  Optim(by_hand, loss, 0.01, Reduction::sum).step(shuffled.x, shuffled.y);
  EXPECT_TRUE(same_bits(net.weight()->value, by_hand.weight()->value));
}

TEST_F(SGDTest, IterationsMayEndAnEpochEarly) {
  std::vector<Epoch> epochs;
  TrainingResult result = SGD(optim, data(10), {.batch_size = 4, .iterations = 5}, rng,
                              [&](const Epoch& e) { epochs.push_back(e); });
  EXPECT_EQ(result.iterations, 5);
  EXPECT_EQ(result.epochs, 2);
  ASSERT_EQ(epochs.size(), 2u);
  EXPECT_EQ(epochs[0].epoch, 1);
  EXPECT_EQ(epochs[0].iterations, 3);
  EXPECT_EQ(epochs[1].epoch, 2);
  EXPECT_EQ(epochs[1].iterations, 5);
  EXPECT_TRUE(std::isnan(epochs[1].validation_loss));
}

TEST_F(SGDTest, TheFirstLimitCounts) {
  EXPECT_EQ(SGD(optim, data(10), {.batch_size = 5, .epochs = 3, .iterations = 100}, rng).iterations,
            6);
  EXPECT_EQ(SGD(optim, data(10), {.batch_size = 5, .epochs = 3, .iterations = 4}, rng).iterations,
            4);
  EXPECT_EQ(SGD(optim, data(10), {.batch_size = 5, .epochs = 3, .iterations = 6}, rng).epochs, 3);
  TrainingResult whole = SGD(optim, data(10), {.batch_size = 1000, .epochs = 2}, rng);
  EXPECT_EQ(whole.iterations, 2);
}

TEST_F(SGDTest, LossOfAnEndedEpochIsOverItsBatches) {
  optim.set_step_size(0);
  Dataset train{Tensor::zeros({4, 2}), tensor({1, 2, 3, 4}).reshape({4, 1})};
  net.bias()->value.fill(0);
  double last = 0;
  SGD(optim, train, {.batch_size = 1, .iterations = 2, .shuffle = false}, rng, [&](const Epoch& e) {
    last = e.loss;
  }).check();
  EXPECT_EQ(last, 2.5);  // (1 + 4) / 2
}

TEST_F(SGDTest, CallbacksMayStop) {
  auto run = [&](const EpochCallback& callback) {
    return SGD(optim, data(10), {.batch_size = 5, .epochs = 9}, rng, callback).epochs;
  };
  EXPECT_EQ(run([](const Epoch& e) { return e.epoch < 4; }), 4);
  EXPECT_EQ(run([](const Epoch& e) -> int { return e.epoch < 2; }), 2);
  EXPECT_EQ(run([](const Epoch&) { return true; }), 9);
  EXPECT_EQ(run([](const Epoch&) {}), 9);
  EXPECT_EQ(run({}), 9);
  int calls = 0;
  EXPECT_EQ(run([count = 0, &calls](const Epoch&) mutable { calls = ++count; }), 9);
  EXPECT_EQ(calls, 9);
  EXPECT_THROW(run([](const Epoch&) { throw 3; }), int);
}

TEST_F(SGDTest, ValidationLossIsThatAfterTheEpoch) {
  Dataset validation = data(6, 2);
  SGD(optim, data(10), {.batch_size = 5, .epochs = 3, .validation = &validation}, rng,
      [&](const Epoch& e) { EXPECT_EQ(e.validation_loss, evaluate(net, loss, validation)); })
      .check();
}

TEST_F(SGDTest, KeepsTheParametersThatValidateBest) {
  // Validation wants the line at 0, training drives it away: the first epoch is the best.
  Dataset train{Tensor::zeros({4, 2}), Tensor::full({4, 1}, 10)};
  Dataset validation{Tensor::zeros({2, 2}), Tensor::full({2, 1}, 3)};
  net.bias()->value.fill(0);
  optim.set_step_size(0.05);
  std::vector<double> losses;
  std::vector<Scalar> biases;
  TrainingResult result =
      SGD(optim, train, {.batch_size = 4, .epochs = 6, .validation = &validation}, rng,
          [&](const Epoch& e) {
            losses.push_back(e.validation_loss);
            biases.push_back(net.bias()->value(0));
          });
  auto best =
      static_cast<std::size_t>(std::min_element(losses.begin(), losses.end()) - losses.begin());
  EXPECT_EQ(result.epochs, 6);
  EXPECT_EQ(result.best_epoch, static_cast<Index>(best) + 1);
  EXPECT_LT(best, 5u);
  EXPECT_EQ(result.best_loss, losses[best]);
  EXPECT_EQ(net.bias()->value(0), biases[best]);
  EXPECT_EQ(evaluate(net, loss, validation), result.best_loss);
}

TEST_F(SGDTest, PatienceCountsEpochsWithoutABest) {
  Dataset train{Tensor::zeros({4, 2}), Tensor::full({4, 1}, 10)};
  Dataset validation{Tensor::zeros({2, 2}), Tensor::full({2, 1}, 0)};
  net.bias()->value.fill(0);
  optim.set_step_size(0.05);  // each epoch is worse than the one before
  for (Index patience : {1, 3}) {
    net.bias()->value.fill(0);
    TrainingResult result =
        SGD(optim, train,
            {.batch_size = 4, .epochs = 50, .validation = &validation, .patience = patience}, rng);
    EXPECT_EQ(result.best_epoch, 1);
    EXPECT_EQ(result.epochs, 1 + patience);
  }
}

TEST_F(SGDTest, DivergenceIsReported) {
  optim.set_step_size(1e30);
  std::vector<double> losses;
  TrainingResult result = SGD(optim, data(10), {.batch_size = 5, .epochs = 2000}, rng,
                              [&](const Epoch& e) { losses.push_back(e.loss); });
  EXPECT_TRUE(result.diverged);
  EXPECT_LT(result.epochs, 2000);
  EXPECT_EQ(losses.size(), static_cast<std::size_t>(result.epochs));
  EXPECT_TRUE(contains(result.where, "iteration " + std::to_string(result.iterations)));
  EXPECT_TRUE(contains(result.where, "is not finite")) << result.where;
}

TEST_F(SGDTest, DivergenceByTheDataNamesTheLoss) {
  for (Scalar bad : {Scalar(NAN), Scalar(INFINITY)}) {
    Dataset train = data(6);
    train.y(4, 0) = bad;
    TrainingResult result =
        SGD(optim, train, {.batch_size = 2, .epochs = 3, .shuffle = false}, rng);
    EXPECT_TRUE(result.diverged);
    EXPECT_EQ(result.iterations, 3);
    EXPECT_EQ(result.where, "iteration 3: the loss is not finite");
    EXPECT_TRUE(all_finite(net.weight()->value));
  }
}

TEST_F(SGDTest, DivergenceInTheLastUpdateIsReported) {
  optim.set_step_size(static_cast<double>(std::numeric_limits<Scalar>::max()));
  TrainingResult result = SGD(optim, {data(4).x * 100, data(4).y}, {.iterations = 1}, rng);
  EXPECT_FALSE(all_finite(net.weight()->value));
  EXPECT_TRUE(result.diverged);
  EXPECT_EQ(result.where, "iteration 1: weight is not finite");
}

TEST_F(SGDTest, DivergenceKeepsTheBestParameters) {
  Dataset train = data(6), validation = data(4, 2);
  SGDOptions options{.batch_size = 6, .epochs = 5, .validation = &validation};
  TrainingResult result = SGD(optim, train, options, rng, [&](const Epoch& e) {
    if (e.epoch == 2) train.y.fill(NAN);
  });
  EXPECT_TRUE(result.diverged);
  EXPECT_EQ(result.epochs, 3);
  EXPECT_GE(result.best_epoch, 1);
  EXPECT_TRUE(std::isfinite(result.best_loss));
  EXPECT_EQ(evaluate(net, loss, validation), result.best_loss);
}

TEST_F(SGDTest, AValidationLossThatIsNotFiniteIsADivergence) {
  Dataset validation = data(4, 2);
  SGDOptions options{.batch_size = 5, .epochs = 5, .validation = &validation};
  for (Scalar bad : {Scalar(NAN), Scalar(INFINITY)}) {
    validation.y(2, 0) = bad;
    TrainingResult result = SGD(optim, data(10), options, rng);
    EXPECT_TRUE(result.diverged);
    EXPECT_TRUE(contains(result.where, "iteration 2: ")) << result.where;
    EXPECT_TRUE(contains(result.where, "validation")) << result.where;
    EXPECT_EQ(result.best_epoch, 0);
    EXPECT_TRUE(std::isnan(result.best_loss));
    EXPECT_TRUE(all_finite(net.weight()->value));
  }
  validation.y.fill(1);
  TrainingResult result = SGD(optim, data(10), options, rng, [&](const Epoch& e) {
    if (e.epoch == 2) validation.y.fill(NAN);
  });
  EXPECT_TRUE(result.diverged);
  EXPECT_EQ(result.epochs, 3);
  EXPECT_GE(result.best_epoch, 1);
  EXPECT_TRUE(std::isfinite(result.best_loss));
}

TEST_F(SGDTest, OptionsThatMakeNoSense) {
  Dataset train = data(4), none = data(0);
  auto expect_refused = [&](const Dataset& on, const SGDOptions& options) {
    EXPECT_THROW((void)SGD(optim, on, options, rng), ArgumentError);
  };
  expect_refused(train, {});
  expect_refused(train, {.batch_size = 0, .epochs = 1});
  expect_refused(train, {.batch_size = -1, .epochs = 1});
  expect_refused(train, {.epochs = -1});
  expect_refused(train, {.epochs = 1, .iterations = -1});
  expect_refused(train, {.epochs = 1, .patience = -1});
  expect_refused(train, {.epochs = 1, .patience = 2});
  expect_refused(train, {.epochs = 1, .validation = &none});
  expect_refused(none, {.epochs = 1});
  EXPECT_THROW((void)SGD(optim, {wave({4, 2}), wave({3, 1})}, {.epochs = 1}, rng), ShapeError);
  EXPECT_EQ(rng.next_u32(), Rng(7).next_u32());  // nothing was drawn
}

TEST_F(SGDTest, AValidationPartThatCannotBeEvaluatedIsRefusedBeforeAnyStep) {
  const Tensor before = net.weight()->value.clone();
  const Dataset wrong{wave({3, 2}), wave({3, 2})};
  EXPECT_THROW((void)SGD(optim, data(4), {.epochs = 1, .validation = &wrong}, rng), ShapeError);
  EXPECT_TRUE(same_bits(net.weight()->value, before));
}

}  // namespace
}  // namespace nn::test
