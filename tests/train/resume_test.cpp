// Trainings that are stopped or killed, and resumed from their checkpoints.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <sstream>
#include <string>

#include "support/compare.hpp"
#include "support/threads.hpp"
#include "train/whole_training.hpp"

namespace nn::test { namespace {

void expect_same(const Whole& a, const Whole& b) {
  for (std::size_t i = 0; i < a.tensors().size(); ++i)
    EXPECT_TRUE(same_bits(a.tensors()[i], b.tensors()[i])) << "tensor " << i;
}

void expect_same(const TrainingResult& a, const TrainingResult& b) {
  EXPECT_EQ(a.epochs, b.epochs);
  EXPECT_EQ(a.iterations, b.iterations);
  EXPECT_EQ(a.best_epoch, b.best_epoch);
  EXPECT_EQ(a.best_loss, b.best_loss);
}

/// The history without the seconds.
std::string untimed_history(const TemporaryFolder& folder) {
  std::string text;
  std::istringstream lines(folder.bytes("history.csv"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t seconds = line.find(',', line.find(',') + 1) + 1;
    text += line.erase(seconds, line.find(',', seconds) - seconds) + '\n';
  }
  return text;
}

/// Trains in a process of its own, and kills it if it takes longer. Says whether it has ended.
bool ends_within(useconds_t microseconds, const SGDOptions& options) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(100);  // rather than hang
    SGDOptions slow = options;
    slow.on_iteration = [](const Iteration&) { ::usleep(100); };
    const TrainingResult result = Whole().train(slow);
    ::_exit(result.diverged ? 1 : 0);
  }
  ::usleep(microseconds);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) != 0);
  return WIFEXITED(status);
}

TEST(Resume, KilledAtRandomMomentsATrainingEndsAsIfItHadNotBeen) {
  const TemporaryFolder quiet;
  SGDOptions undisturbed = options(quiet, 0);
  undisturbed.checkpoint.folder = "";
  undisturbed.checkpoint.resume = false;
  Whole expected;
  const TrainingResult expected_result = expected.train(undisturbed);
  EXPECT_LT(expected_result.epochs, 40);
  EXPECT_LT(expected_result.best_epoch, expected_result.epochs);
  EXPECT_LT(expected.optim.step_size(), 0.02);

  Rng moments(1);
  int kills = 0, resumed = 0;
  for (const Index every : {0, 1, 4, 100})
    for (int wanted = kills + 6; kills < wanted;) {
      const TemporaryFolder folder;
      SGDOptions own = options(folder, every);
      own.prefetch = every == 4;
      while (kills < wanted) {
        // Longer and longer: a busy machine may not come to a checkpoint for a while.
        const Index most = 60'000 + 20'000 * kills;
        if (ends_within(static_cast<useconds_t>(moments.below(most)), own)) break;
        ++kills;
      }
      Whole got;
      std::optional<Index> first;
      SGDOptions last = own;
      last.on_iteration = [&](const Iteration& it) { first = first.value_or(it.iteration); };
      expect_same(got.train(last), expected_result);
      expect_same(got, expected);
      EXPECT_EQ(untimed_history(folder), untimed_history(quiet));
      resumed += first.value_or(2) > 1;
    }
  EXPECT_GE(kills, 20);
  EXPECT_GT(resumed, 0);
}

TEST(Resume, AFinishedTrainingIsNotTrainedAgain) {
  const TemporaryFolder folder;
  Whole first, second;
  const TrainingResult result = first.train(options(folder, 0));
  SGDOptions again = options(folder, 0);
  again.on_iteration = [](const Iteration&) { ADD_FAILURE(); };
  const TrainingResult same = second.train(again);
  expect_same(same, result);
  EXPECT_EQ(same.seconds, result.seconds);
  expect_same(second, first);
}

TEST(Resume, ATrainingThatACallbackStoppedGoesOn) {
  const TemporaryFolder folder, quiet;
  Whole expected, got;
  const TrainingResult result = expected.train(options(quiet, 5));
  for (const Index stop : {3, 6, 20, 21}) {
    Whole stopped;
    SGDOptions part = options(folder, 5);
    part.on_iteration = [&](const Iteration& it) { return it.iteration < stop; };
    EXPECT_EQ(stopped.train(part).iterations, stop);
  }
  expect_same(got.train(options(folder, 5)), result);
  expect_same(got, expected);
  EXPECT_EQ(untimed_history(folder), untimed_history(quiet));
}

TEST(Resume, WithMoreEpochsATrainingGoesOn) {
  const TemporaryFolder folder, quiet;
  SGDOptions longer = options(quiet, 0), part = options(folder, 0);
  longer.patience = part.patience = 0;
  part.epochs = 4;
  Whole expected, begun, got;
  const TrainingResult result = expected.train(longer);
  EXPECT_EQ(begun.train(part).epochs, 4);
  part.epochs = 40;
  expect_same(got.train(part), result);
  expect_same(got, expected);
}

TEST(Resume, DoesNotDependOnThreadsOrPrefetching) {
  const TemporaryFolder folder, quiet;
  Whole expected, begun, got;
  const TrainingResult result = expected.train(options(quiet, 0));
  const Threads one(1);
  SGDOptions part = options(folder, 7);
  part.on_iteration = [](const Iteration& it) { return it.iteration < 23; };
  EXPECT_EQ(begun.train(part).iterations, 23);
  const Threads three(3);
  part.on_iteration = {};
  part.prefetch = true;
  expect_same(got.train(part), result);
  expect_same(got, expected);
}

}  // namespace
}  // namespace nn::test
