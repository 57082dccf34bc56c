#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "nn/core/error.hpp"
#include "nn/data/batches.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/reshape.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/metrics.hpp"
#include "nn/train/sgd.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"
#include "support/weights.hpp"

// Which examples SGD puts into a batch, and what does not depend on it.
namespace nn::test { namespace {

/// Costs as its target says; keeps the batches that it is given.
class Recorder : public Loss {
 public:
  Tensor forward(const Tensor& y, const Tensor&) const override {
    batches.push_back(values(y));
    return y.reshape({y.size(0)}).clone();
  }
  Tensor backward(const Tensor&, const Tensor& yhat) const override {
    return Tensor::ones(yhat.shape());
  }
  Index terms(const Shape&) const override { return 1; }
  std::string describe() const override { return "Recorder"; }

  mutable std::vector<std::vector<Scalar>> batches;
};

TEST(SGDBatches, ABadTargetIsNamedByItsRowInTheData) {
  const SoftmaxCrossEntropyLoss classes;
  const HingeLoss signs;
  const BCEWithLogitsLoss unit;
  for (const Loss* loss : {static_cast<const Loss*>(&classes), static_cast<const Loss*>(&signs),
                           static_cast<const Loss*>(&unit)})
    for (Index bad : {0, 7, 22}) {
      Linear net(2, loss == &classes ? 3 : 1);
      Optim optim(net, *loss, 0.1);
      Dataset train{wave({23, 2}), Tensor::ones({23})};
      train.y(bad) = 5;
      for (bool shuffle : {false, true}) {
        Rng rng(1);
        const std::string message = message_of<RangeError>([&] {
          SGD(optim, train, {.batch_size = 4, .epochs = 1, .shuffle = shuffle}, rng).check();
        });
        EXPECT_TRUE(contains(message, "row " + std::to_string(bad) + ":")) << message;
      }
      const std::string message = message_of<RangeError>([&] { evaluate(net, *loss, train); });
      EXPECT_TRUE(contains(message, "row " + std::to_string(bad) + ":")) << message;
    }
}

TEST(Batches, TellWhichRowsTheyHold) {
  const Dataset data{Tensor::zeros({7, 1}), tensor({0, 1, 2, 3, 4, 5, 6})};
  Rng rng(1);
  for (bool drop_last : {false, true}) {
    Batches batches(data, 3, rng, true, drop_last);
    EXPECT_TRUE(batches.rows().empty());
    for (int i = 0; i < 7; ++i) {
      const Dataset batch = batches.next();
      ASSERT_EQ(static_cast<Index>(batches.rows().size()), batch.size());
      for (Index row = 0; row < batch.size(); ++row)
        EXPECT_EQ(batch.y(row), static_cast<Scalar>(batches.rows()[static_cast<std::size_t>(row)]));
    }
  }
}

TEST(SGDBatches, TheLastOneMayBeSmallerAndCountsByItsExamples) {
  Dataset train{Tensor::ones({5, 1}), tensor({1, 1, 1, 1, 6}).reshape({5, 1})};
  Linear net(1, 1);
  net.bias()->value.fill(0);
  Recorder loss;
  Optim optim(net, loss, 1, Reduction::batch_mean);
  Rng rng(1);
  double epoch_loss = 0;
  TrainingResult result = SGD(optim, train, {.batch_size = 2, .epochs = 1, .shuffle = false}, rng,
                              [&](const Epoch& e) { epoch_loss = e.loss; });
  EXPECT_EQ(result.iterations, 3);
  EXPECT_EQ(loss.batches, (std::vector<std::vector<Scalar>>{{1, 1}, {1, 1}, {6}}));
  EXPECT_EQ(epoch_loss, 2);
  // Each example's gradient is 1: every step, the last one too, is its mean.
  EXPECT_EQ(net.bias()->value(0), -3);
}

TEST(Batches, ShareTheDataOfATemporary) {
  Rng rng(1);
  Batches batches(Dataset{tensor({1, 2, 3}), tensor({4, 5, 6})}, 2, rng, false);
  const Tensor others = Tensor::zeros({3});  // would take the memory, were it free
  EXPECT_EQ(values(batches.next().x), (std::vector<Scalar>{1, 2}));
  EXPECT_EQ(values(batches.next().y), (std::vector<Scalar>{6}));
}

/// Passes x on, after noting it.
class Probe : public Module {
 public:
  Tensor forward(const Tensor& x) override {
    batches.push_back(values(x));
    return x;
  }
  Tensor predict(const Tensor& x) const override { return x; }
  Tensor backward_delta(const Tensor&, const Tensor& delta) override { return delta; }
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "Probe"; }

  std::vector<std::vector<Scalar>> batches;
};

TEST(SGDBatches, ShuffleFeaturesAndTargetsTogether) {
  Dataset train{Tensor::arange(103).reshape({103, 1}), Tensor::arange(103).reshape({103, 1})};
  auto run = [&](std::uint64_t seed) {
    Probe net;
    Recorder loss;
    Optim optim(net, loss, 0.1, Reduction::sum);
    Rng rng(seed);
    SGD(optim, train, {.batch_size = 10, .epochs = 3}, rng).check();
    EXPECT_EQ(net.batches, loss.batches);  // x = y in every row
    std::vector<std::vector<Scalar>> epochs(3);
    EXPECT_EQ(net.batches.size(), 33u);
    for (std::size_t i = 0; i < net.batches.size(); ++i)
      for (Scalar x : net.batches[i]) epochs[i / 11].push_back(x);
    return epochs;
  };
  auto epochs = run(5), again = run(5), other = run(6);
  EXPECT_EQ(epochs, again);
  EXPECT_NE(epochs[0], other[0]);
  EXPECT_NE(epochs[0], epochs[1]);
  EXPECT_NE(epochs[1], epochs[2]);
  for (auto& epoch : epochs) {
    std::sort(epoch.begin(), epoch.end());
    EXPECT_EQ(epoch, values(Tensor::arange(103)));
  }
  EXPECT_TRUE(same_bits(train.x, Tensor::arange(103).reshape({103, 1})));
  EXPECT_TRUE(same_bits(train.y, Tensor::arange(103).reshape({103, 1})));
}

void expect_same_training_with_threads(const std::function<Sequential()>& make,
                                       const Dataset& data) {
  std::vector<double> losses;  // of two epochs each
  expect_same_bits_with_threads({1, 2, 3, 8}, [&] {
    Sequential net = make();
    SoftmaxCrossEntropyLoss loss;
    Optim optim(net, loss, 0.01, Reduction::mean, Adam());
    Rng rng(7);
    SGD(optim, data, {.batch_size = 10, .epochs = 2}, rng, [&](const Epoch& e) {
      losses.push_back(e.loss);
    }).check();
    return weights(net);
  });
  ASSERT_EQ(losses.size(), 8u);
  EXPECT_LT(losses[1], losses[0]);
  for (std::size_t i = 2; i < 8; ++i) EXPECT_EQ(losses[i], losses[i % 2]);
}

TEST(SGDBatches, ThreadsDoNotChangeABit) {
  Dataset data{wave({103, 256}), Tensor::zeros({103})};
  for (Index i = 0; i < 103; ++i) data.y(i) = static_cast<Scalar>(i % 10);
  expect_same_training_with_threads(
      [] { return Sequential(Linear(256, 512), TanH(), Linear(512, 10)); }, data);
  expect_same_training_with_threads(
      [] {
        return Sequential(Reshape({16, 16, 1}), Conv2D(3, 1, 32), ReLU(), MaxPool2D(2), Flatten(),
                          Linear(7 * 7 * 32, 10));
      },
      data);
}

TEST(SGDBatches, OneClassAloneTrains) {
  Dataset train{wave({12, 4}), Tensor::zeros({12})};
  Linear net(4, 2);
  SoftmaxCrossEntropyLoss loss;
  Optim optim(net, loss, 0.5, Reduction::mean);
  Rng rng(3);
  std::vector<double> losses;
  TrainingResult result = SGD(optim, train, {.batch_size = 4, .epochs = 5}, rng,
                              [&](const Epoch& e) { losses.push_back(e.loss); });
  EXPECT_FALSE(result.diverged);
  EXPECT_EQ(losses.size(), 5u);
  for (double cost : losses) EXPECT_TRUE(std::isfinite(cost));
  EXPECT_TRUE(same_bits(classify(net.predict(train.x)), Tensor::zeros({12})));
  EXPECT_EQ(accuracy(net, train), 1);
}

}  // namespace
}  // namespace nn::test
