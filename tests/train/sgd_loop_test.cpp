#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/data/table.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/train/metrics.hpp"
#include "nn/train/sgd.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// What SGD tells while it trains: callbacks, history, progress, and where it diverged.
namespace nn::test { namespace {

class SGDLoopTest : public ::testing::Test {
 protected:
  TrainingResult run(const SGDOptions& options, const EpochCallback& callback = {}) {
    Rng rng(7);
    return SGD(optim, data, options, rng, callback);
  }

  Dataset data{wave({10, 2}), wave({10, 1}, 1)};
  Linear net{2, 1};
  MSELoss loss;
  Optim optim{net, loss, 0.01};
  TemporaryFolder folder;
};

TEST_F(SGDLoopTest, TellsEachIteration) {
  std::vector<Iteration> iterations;
  double epoch_loss = 0;
  run({.batch_size = 5,
       .epochs = 2,
       .schedule = [](Index i) { return 0.1 / static_cast<double>(i + 1); },
       .on_iteration = [&](const Iteration& it) { iterations.push_back(it); }},
      [&](const Epoch& e) {
        epoch_loss = e.loss;
        EXPECT_EQ(e.step_size, iterations.back().step_size);
        EXPECT_GE(e.seconds, iterations.back().seconds);
      })
      .check();
  ASSERT_EQ(iterations.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(iterations[i].iteration, static_cast<Index>(i) + 1);
    EXPECT_EQ(iterations[i].epoch, i < 2 ? 1 : 2);
    EXPECT_EQ(iterations[i].step_size, 0.1 / static_cast<double>(i + 1));
    EXPECT_GE(iterations[i].seconds, i == 0 ? 0 : iterations[i - 1].seconds);
  }
  EXPECT_NEAR((iterations[2].loss + iterations[3].loss) / 2, epoch_loss, 1e-6);
}

TEST_F(SGDLoopTest, AnIterationCallbackMayStop) {
  int epochs = 0;
  const TrainingResult result =
      run({.batch_size = 2,
           .epochs = 9,
           .on_iteration = [](const Iteration& it) { return it.iteration < 7; }},
          [&](const Epoch&) { ++epochs; });
  EXPECT_EQ(result.iterations, 7);
  EXPECT_EQ(result.epochs, 2);
  EXPECT_EQ(epochs, 2);
}

TEST_F(SGDLoopTest, TakesMeasuresAfterEachEpoch) {
  SGDOptions options{.batch_size = 5, .epochs = 2};
  options.measures = {{"cost", [&](const Module& m) { return evaluate(m, loss, data); }},
                      {"two", [](const Module&) { return 2; }}};
  run(options, [&](const Epoch& e) {
    EXPECT_EQ(e.measures, (std::vector<double>{evaluate(net, loss, data), 2}));
  }).check();
}

TEST_F(SGDLoopTest, PatienceWaitsForALossThatIsLowerByMinDelta) {
  // The bias approaches the target by a tenth of the way each epoch.
  data = {Tensor::zeros({4, 2}), Tensor::full({4, 1}, 1)};
  net.bias()->value.fill(0);
  optim.set_step_size(0.05);
  SGDOptions options{.batch_size = 4, .epochs = 60, .validation = &data, .patience = 3};
  EXPECT_EQ(run(options).epochs, 60);
  net.bias()->value.fill(0);
  options.min_delta = 0.02;
  const TrainingResult result = run(options);
  EXPECT_LT(result.epochs, 20);
  EXPECT_EQ(result.best_epoch, result.epochs);  // the best is kept all the same
  options.min_delta = -1;
  EXPECT_THROW((void)run(options), ArgumentError);
  options.min_delta = NAN;
  EXPECT_THROW((void)run(options), ArgumentError);
}

TEST_F(SGDLoopTest, HistoryHasARowAsSoonAsAnEpochHasEnded) {
  const std::string path = folder.path("history.csv");
  SGDOptions options{.batch_size = 5, .epochs = 3, .validation = &data, .history = path};
  options.measures = {{"two, and more", [](const Module&) { return 2; }}};
  std::vector<Epoch> epochs;
  auto check = [&](const Epoch& e) {
    epochs.push_back(e);
    const Tensor rows = read_table(path).values();
    ASSERT_EQ(rows.size(0), e.epoch);
    const std::vector<double> expected{static_cast<double>(e.epoch),
                                       static_cast<double>(e.iterations),
                                       e.seconds,
                                       e.step_size,
                                       e.loss,
                                       e.validation_loss,
                                       2};
    for (Index j = 0; j < 7; ++j)
      EXPECT_EQ(rows(e.epoch - 1, j), static_cast<Scalar>(expected[static_cast<std::size_t>(j)]));
  };
  run(options, check).check();
  EXPECT_EQ(read_table(path).columns(),
            (std::vector<std::string>{"epoch", "iterations", "seconds", "step_size", "loss",
                                      "validation_loss", "two, and more"}));
  EXPECT_EQ(epochs.size(), 3u);
  run(options).check();  // a training from the start begins a new history
  EXPECT_EQ(read_table(path).rows(), 3);
}

TEST_F(SGDLoopTest, HistoryIsWrittenAnewByAResumedTraining) {
  const std::string path = folder.path("history.csv");
  SGDOptions options{.batch_size = 5,
                     .epochs = 3,
                     .history = path,
                     .checkpoint = {.folder = folder.path("checkpoints"), .resume = true}};
  run(options).check();
  const std::string whole = folder.bytes("history.csv");
  folder.file("history.csv", whole + "4,8,0.1");  // a kill in the middle of a row
  options.epochs = 4;
  run(options).check();
  const Tensor rows = read_table(path).values();
  ASSERT_EQ(rows.size(0), 4);
  for (Index i = 0; i < 4; ++i) {
    EXPECT_EQ(rows(i, 0), i + 1);
    EXPECT_EQ(rows(i, 1), 2 * (i + 1));
  }
  EXPECT_EQ(folder.bytes("history.csv").substr(0, whole.size()), whole);
  options.measures = {{"other", [](const Module&) { return 0; }}};
  EXPECT_THROW((void)run(options), DataError);
  options.measures = {{"none", {}}};
  EXPECT_THROW((void)run(options), ArgumentError);
  options.measures.clear();
  options.history = folder.path("none/history.csv");
  EXPECT_THROW((void)run(options), DataError);
}

TEST_F(SGDLoopTest, HistoryHasARowForAnEpochThatWasInterrupted) {
  SGDOptions options{.batch_size = 5, .iterations = 3, .history = folder.path("history.csv")};
  run(options).check();
  EXPECT_EQ(read_table(options.history).rows(), 2);
}

TEST_F(SGDLoopTest, AHistoryThatIsRemovedMeanwhileBeginsAnew) {
  SGDOptions options{.batch_size = 5, .epochs = 3, .history = folder.path("history.csv")};
  run(options, [&](const Epoch& e) {
    if (e.epoch < 3) std::filesystem::remove(options.history);
  }).check();
  EXPECT_EQ(read_table(options.history).rows(), 1);
}

TEST_F(SGDLoopTest, AHistoryWhoseFolderIsLostIsAnError) {
  const std::string parent = folder.path("parent");
  std::filesystem::create_directory(parent);
  const SGDOptions options{.batch_size = 5, .epochs = 3, .history = parent + "/history.csv"};
  EXPECT_THROW((void)run(options,
                         [&](const Epoch&) {
                           std::filesystem::remove_all(parent);
                           std::filesystem::create_symlink(parent, parent);  // leads to itself
                         }),
               DataError);
}

TEST_F(SGDLoopTest, IsSilentButForATerminal) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  run({.epochs = 2, .progress = true}).check();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

/// What a call writes on standard error if that is a terminal.
template <class F>
std::string on_a_terminal(F f) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) return "none";
  const int other_side = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(other_side, STDERR_FILENO);
  f();
  ::dup2(before, STDERR_FILENO);
  for (int file : {before, other_side}) ::close(file);
  std::string text;
  char some[4096];
  // The system passes the text on by and by, and ends it, as the other side is closed.
  for (ssize_t count; (count = ::read(terminal, some, sizeof some)) > 0;)
    text.append(some, static_cast<std::size_t>(count));
  ::close(terminal);
  return text;
}

TEST_F(SGDLoopTest, ShowsALineOnATerminalIfAsked) {
  EXPECT_EQ(on_a_terminal([&] { run({.epochs = 2}).check(); }), "");
  const std::string text =
      on_a_terminal([&] { run({.batch_size = 5, .epochs = 2, .progress = true}).check(); });
  EXPECT_TRUE(contains(text, "4 of 4")) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

TEST_F(SGDLoopTest, NamesTheLayerThatIsNotFinite) {
  constexpr Scalar large = std::numeric_limits<Scalar>::max();
  Sequential deep{Linear(2, 3), ReLU(), Sequential(ReLU(), Linear(3, 2)), Linear(2, 1)};
  for (const ParameterPtr& p : deep.parameters()) p->value.fill(1);
  deep.parameters()[2]->value.fill(large);
  data.x.fill(9);
  Optim steps(deep, loss, 0.1);
  Rng rng(1);
  const TrainingResult result = SGD(steps, data, {.epochs = 2}, rng);
  EXPECT_TRUE(result.diverged);
  EXPECT_EQ(result.where,
            "iteration 1: the output of layer 2, layer 1, Linear(3, 2) is not finite");
  data.x(4, 1) = NAN;
  EXPECT_EQ(SGD(steps, data, {.epochs = 2}, rng).where, "iteration 1: the batch's x is not finite");
}

TEST_F(SGDLoopTest, CheckThrowsWhereATrainingDiverged) {
  EXPECT_EQ(run({.epochs = 2}).check().epochs, 2);
  data.y(3, 0) = NAN;
  const TrainingResult result = run({.epochs = 2});
  EXPECT_TRUE(contains(message_of<DivergenceError>([&] { result.check(); }), result.where));
}

}  // namespace
}  // namespace nn::test
