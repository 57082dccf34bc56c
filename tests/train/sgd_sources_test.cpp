#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/data/source.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/sgd.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"

// Where SGD gets its examples from, read ahead or not, from the start or from the middle.
namespace nn::test { namespace {

/// Counts what it is asked for; its examples are their own numbers.
class Numbers : public ExampleSource {
 public:
  Index size() const override { return 10; }
  void read(std::span<const Index> rows, Index iteration, Dataset& out) override {
    if (iteration == fails_at) throw std::runtime_error("no such batch");
    iterations.push_back(iteration);
    batches.emplace_back(rows.begin(), rows.end());
    threads.push_back(std::this_thread::get_id());
    const Index n = static_cast<Index>(rows.size()) - (iteration == gives_one_less_at ? 1 : 0);
    out = {Tensor({n, 1}), Tensor::zeros({n, 1})};
    for (Index i = 0; i < n; ++i)
      out.x(i, 0) = static_cast<Scalar>(rows[static_cast<std::size_t>(i)]);
  }

  Index fails_at = -1, gives_one_less_at = -1;
  std::vector<Index> iterations;
  std::vector<std::vector<Index>> batches;
  std::vector<std::thread::id> threads;
};

class SGDSourcesTest : public ::testing::TestWithParam<bool> {
 protected:
  TrainingResult train(SGDOptions options, const EpochCallback& callback = {}) {
    options.batch_size = 3;
    options.prefetch = GetParam();
    return SGD(optim, source, options, rng, callback);
  }

  Numbers source;
  Linear net{1, 1};
  MSELoss loss;
  Optim optim{net, loss, 1e-3};
  Rng rng{3};
};

TEST_P(SGDSourcesTest, ReadsEachExampleOnceAnEpochAndNoMore) {
  train({.epochs = 2}).check();
  EXPECT_EQ(source.iterations, (std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 7}));
  for (std::size_t epoch : {0u, 1u}) {
    std::vector<Index> seen;
    for (std::size_t i = 4 * epoch; i < 4 * epoch + 4; ++i)
      seen.insert(seen.end(), source.batches[i].begin(), source.batches[i].end());
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(seen, (std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  }
  source.iterations.clear();
  train({.iterations = 2}).check();
  EXPECT_EQ(source.iterations, (std::vector<Index>{0, 1}));
}

TEST_P(SGDSourcesTest, WhatIsDrawnBetweenEpochsStaysInOrder) {
  std::vector<std::uint32_t> drawn;
  train({.epochs = 3}, [&](const Epoch&) { drawn.push_back(rng.next_u32()); }).check();
  Rng expected(3);
  for (std::uint32_t word : drawn) {
    expected.permutation(10);
    EXPECT_EQ(word, expected.next_u32());
  }
}

TEST_P(SGDSourcesTest, ASourceThatGivesTooFewExamplesIsRefused) {
  source.gives_one_less_at = 2;
  EXPECT_THROW((void)train({.epochs = 1}), ShapeError);
  EXPECT_EQ(optim.rule().steps(), 2);
}

TEST_P(SGDSourcesTest, AnErrorOfASourceComesWhenItsBatchIsDue) {
  source.fails_at = 2;
  Index iterations = 0;
  EXPECT_THROW(
      (void)train(
          {.epochs = 1, .on_iteration = [&](const Iteration& it) { iterations = it.iteration; }}),
      std::runtime_error);
  EXPECT_EQ(iterations, 2);
  source.fails_at = -1;
  EXPECT_EQ(train({.epochs = 1}).iterations, 4);
}

TEST_P(SGDSourcesTest, ACallbackThatThrowsEndsTheTraining) {
  EXPECT_THROW((void)train({.epochs = 1, .on_iteration = [](const Iteration&) { throw 3; }}), int);
}

INSTANTIATE_TEST_SUITE_P(Prefetch, SGDSourcesTest, ::testing::Bool());

TEST(SGDPrefetch, ReadsOnAnotherThreadWithinAnEpoch) {
  Numbers source;
  Linear net(1, 1);
  MSELoss loss;
  Optim optim(net, loss, 1e-3);
  Rng rng(3);
  SGD(optim, source, {.batch_size = 3, .epochs = 2, .prefetch = true}, rng).check();
  ASSERT_EQ(source.threads.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i)
    EXPECT_EQ(source.threads[i] == std::this_thread::get_id(), i % 4 == 0) << i;
}

/// The parameters after a training on images that an augmenting source changes.
class Augmented {
 public:
  Sequential net{Flatten(), Linear(64, 20), ReLU(), Linear(20, 3)};
  SoftmaxCrossEntropyLoss loss;
  Optim optim{net, loss, 0.01, Adam()};

  void train(const SGDOptions& options, int count = 2) {
    const Threads threads(count);
    Dataset data{wave({103, 8, 8}), Tensor({103})};
    for (Index i = 0; i < 103; ++i) data.y(i) = static_cast<Scalar>(i % 3);
    DatasetSource plain(data);
    AugmentedSource source(plain, {.shift = 1, .rotation = 20, .elastic_alpha = 5, .noise = 0.1},
                           11);
    Rng rng(5);
    SGD(optim, source, options, rng).check();
  }
};

void expect_same_parameters(const Augmented& a, const Augmented& b) {
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_TRUE(same_bits(a.net.parameters()[i]->value, b.net.parameters()[i]->value)) << i;
}

TEST(SGDPrefetch, ChangesNoBit) {
  Augmented expected;
  expected.train({.batch_size = 10, .epochs = 3}, 1);
  for (int threads : {1, 2, 8}) {
    Augmented got;
    got.train({.batch_size = 10, .epochs = 3, .prefetch = true}, threads);
    expect_same_parameters(got, expected);
  }
}

TEST(SGDResume, ASourceIsAskedByTheNumberOfTheIteration) {
  const TemporaryFolder folder;
  const SGDOptions whole{.batch_size = 10, .epochs = 4, .schedule = cosine(0.01, 44)};
  Augmented expected;
  expected.train(whole);
  for (Index stop : {1, 10, 11, 12, 25, 43})
    for (bool prefetch : {false, true}) {
      Augmented got;
      SGDOptions part = whole;
      part.prefetch = prefetch;
      part.checkpoint = {.folder = folder.path(std::to_string(2 * stop + prefetch)), .every = 1};
      part.on_iteration = [&](const Iteration& it) { return it.iteration <= stop; };
      got.train(part);
      part.checkpoint.resume = true;
      part.on_iteration = {};
      got.train(part);
      expect_same_parameters(got, expected);
    }
}

TEST(SGDResume, EpochsAndIterationsCountOn) {
  const TemporaryFolder folder;
  Numbers source;
  Linear net(1, 1);
  MSELoss loss;
  Optim optim(net, loss, 1e-3);
  Rng rng(3);
  std::vector<Epoch> epochs;
  auto note = [&](const Epoch& e) { epochs.push_back(e); };
  SGDOptions options{.batch_size = 3,
                     .epochs = 4,
                     .on_iteration = [](const Iteration& it) { return it.iteration < 7; },
                     .checkpoint = {.folder = folder.path("c"), .every = 6, .resume = true}};
  EXPECT_EQ(SGD(optim, source, options, rng).iterations, 7);
  source.iterations.clear();
  options.on_iteration = {};
  const TrainingResult result = SGD(optim, source, options, rng, note);
  EXPECT_EQ(result.epochs, 4);
  EXPECT_EQ(result.iterations, 16);
  EXPECT_EQ(source.iterations.front(), 6);
  EXPECT_EQ(source.iterations.size(), 10u);
  ASSERT_EQ(epochs.size(), 3u);
  EXPECT_EQ(epochs[0].epoch, 2);
  EXPECT_EQ(epochs[0].iterations, 8);
  EXPECT_EQ(epochs[2].epoch, 4);
}

}  // namespace
}  // namespace nn::test
