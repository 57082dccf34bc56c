#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "io/file_size_limit.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "nn/io/file.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/dropout.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/checkpoint.hpp"
#include "nn/train/reduce_on_plateau.hpp"
#include "nn/train/sgd.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// Trainings that are stopped, killed and resumed from their checkpoints.
namespace nn::test { namespace {

/// A training with all that a checkpoint has to keep. 6 batches an epoch.
struct Whole {
  explicit Whole(double beta1 = 0.9) : optim(net, loss, 0.02, Adam({.beta1 = beta1})) {
    Rng weights(3);
    initialize(net, weights);
    optim.set_seed(11);
  }

  /// A callback draws from the generator too.
  TrainingResult train(SGDOptions options) {
    options.validation = &validation;
    options.measures = {{"step", [&](const Module&) { return optim.step_size(); }}};
    options.checkpoint.states = {{"plateau", plateau}, {"noise", noise}};
    return SGD(optim, data, options, rng, [&](const Epoch& e) {
      optim.set_step_size(plateau.step(e.validation_loss + 0.01 * noise.randn()));
      net[0].freeze(e.epoch < 5);
      net[4].scale_steps(e.epoch < 7 ? 0.5 : 1);
      if (e.epoch % 3 == 0) rng.rand();
    });
  }

  std::vector<Tensor> tensors() const {
    std::vector<Tensor> all;
    for (const ParameterPtr& p : net.parameters()) all.push_back(p->value);
    for (const auto& [name, buffer] : net.named_buffers()) all.push_back(buffer);
    return all;
  }

  Dataset data{wave({45, 3}), wave({45, 2}, 1)}, validation{wave({10, 3}, 2), wave({10, 2}, 3)};
  Sequential net{Linear(3, 8), BatchNorm(8), TanH(), Dropout(0.2), Linear(8, 2)};
  MSELoss loss;
  Optim optim;
  ReduceOnPlateau plateau{0.02, {.factor = 0.5, .patience = 1}};
  Rng rng{7}, noise{8};
};

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

/// Epochs that are long enough, and patience that ends them.
SGDOptions options(const TemporaryFolder& folder, Index every) {
  return {.batch_size = 8,
          .epochs = 40,
          .patience = 12,
          .history = folder.path("history.csv"),
          .checkpoint = {.folder = folder.path("checkpoints"), .every = every, .resume = true}};
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
      while (kills < wanted && !ends_within(static_cast<useconds_t>(moments.below(60'000)), own))
        ++kills;
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
  const int before = num_threads();
  set_num_threads(1);
  SGDOptions part = options(folder, 7);
  part.on_iteration = [](const Iteration& it) { return it.iteration < 23; };
  EXPECT_EQ(begun.train(part).iterations, 23);
  set_num_threads(3);
  part.on_iteration = {};
  part.prefetch = true;
  expect_same(got.train(part), result);
  set_num_threads(before);
  expect_same(got, expected);
}

std::vector<std::string> names(const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    found.push_back(entry.path().filename().string());
  std::sort(found.begin(), found.end());
  return found;
}

TEST(Checkpoints, OfTheLastIterationsAreKept) {
  const TemporaryFolder folder;
  SGDOptions some = options(folder, 4);
  some.patience = 0;
  some.epochs = 3;  // 18 batches
  some.checkpoint.keep = 2;
  EXPECT_EQ(Whole().train(some).iterations, 18);
  EXPECT_EQ(names(some.checkpoint.folder),
            (std::vector<std::string>{"checkpoint-16.safetensors", "checkpoint-18.safetensors"}));
  some.epochs = 20;
  EXPECT_EQ(Whole().train(some).iterations, 120);  // the newest by number, not by name
  EXPECT_EQ(names(some.checkpoint.folder),
            (std::vector<std::string>{"checkpoint-116.safetensors", "checkpoint-120.safetensors"}));
  Whole loaded;
  load_parameters(some.checkpoint.folder + "/checkpoint-120.safetensors", loaded.net);
  EXPECT_FALSE(same_bits(loaded.tensors()[0], Whole().tensors()[0]));
}

TEST(Checkpoints, OfAnotherTrainingAreRefused) {
  const TemporaryFolder folder;
  SGDOptions whole = options(folder, 0);
  whole.epochs = 2;
  EXPECT_EQ(Whole().train(whole).epochs, 2);
  auto expect_refused = [&](const std::string& what, const std::function<void(Whole&)>& change,
                            const SGDOptions& changed) {
    Whole other;
    change(other);
    const auto before = other.tensors()[0].clone();
    const std::string message = message_of<DataError>([&] { (void)other.train(changed); });
    EXPECT_TRUE(message.find("checkpoint-12.safetensors") != message.npos) << what << message;
    EXPECT_TRUE(message.find(what) != message.npos) << what << ": " << message;
    EXPECT_TRUE(same_bits(other.tensors()[0], before));
    EXPECT_EQ(other.optim.rule().steps(), 0);
  };
  const auto nothing = [](Whole&) {};
  SGDOptions other = whole;
  other.batch_size = 9;
  expect_refused("batch_size", nothing, other);
  other = whole;
  other.shuffle = false;
  expect_refused("shuffle", nothing, other);
  other = whole;
  other.schedule = constant(0.1);
  expect_refused("schedule", nothing, other);
  expect_refused(
      "seed", [](Whole& w) { w.rng = Rng(9); }, whole);
  expect_refused(
      "seed", [](Whole& w) { w.optim.set_seed(9); }, whole);
  expect_refused(
      "clipping", [](Whole& w) { w.optim.set_clipping({.norm = 1}); }, whole);
  expect_refused(
      "examples", [](Whole& w) { w.data = w.data.slice(0, 44); }, whole);
  expect_refused(
      "validation", [](Whole& w) { w.validation = w.validation.slice(0, 4); }, whole);
  expect_refused(
      "network",
      [](Whole& w) {
        w.net = Sequential{Linear(3, 8), BatchNorm(8), TanH(), Linear(8, 2)};
      },
      whole);
  Whole slower(0.99);
  const std::string message = message_of<DataError>([&] { (void)slower.train(whole); });
  EXPECT_TRUE(message.find("Adam") != message.npos) << message;
  // A training that is not to be resumed does not mix its checkpoints with those of another.
  whole.checkpoint.resume = false;
  EXPECT_THROW((void)Whole().train(whole), ArgumentError);
  EXPECT_EQ(names(whole.checkpoint.folder).size(), 2u);
}

TEST(Checkpoints, OptionsThatMakeNoSense) {
  const TemporaryFolder folder;
  const std::string path = folder.path("c");
  Whole w;
  for (const CheckpointOptions& bad :
       {CheckpointOptions{.folder = path, .every = -1},
        CheckpointOptions{.folder = path, .keep = 0}, CheckpointOptions{.resume = true}})
    EXPECT_THROW((void)SGD(w.optim, w.data, {.epochs = 1, .checkpoint = bad}, w.rng),
                 ArgumentError);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Checkpoints, ThatAreDamagedAreNamedAndChangeNothing) {
  const TemporaryFolder folder;
  SGDOptions whole = options(folder, 0);
  whole.epochs = 2;
  EXPECT_EQ(Whole().train(whole).epochs, 2);
  const std::string path = whole.checkpoint.folder + "/checkpoint-12.safetensors";
  const std::string bytes = read_file(path);
  auto expect_refused = [&](const std::string& why) {
    Whole w;
    const auto before = w.tensors()[0].clone();
    const std::string message = message_of<DataError>([&] { (void)w.train(whole); });
    EXPECT_TRUE(message.starts_with(path)) << why << ": " << message;
    EXPECT_TRUE(same_bits(w.tensors()[0], before)) << why;
  };
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{7}, bytes.size() / 2, bytes.size() - 1}) {
    write_file(path, bytes.substr(0, length));
    expect_refused("cut");
  }
  write_file(path, bytes);
  const TensorFile good = read_safetensors(path);
  for (const auto& [key, value] : good.metadata) {
    TensorFile bad = good;
    bad.metadata.erase(key);
    write_safetensors(path, bad);
    if (key != "frozen_steps") expect_refused("no " + key);
    if (key == "sgd.history") continue;  // any text
    bad.metadata[key] = value + " and more";
    write_safetensors(path, bad);
    expect_refused(key);
  }
  for (const std::string key : {"sgd.iterations", "sgd.best_epoch", "sgd.waits_from"}) {
    TensorFile bad = good;
    for (const std::string number : {"-1", "99999999999999999999", "nan"}) {
      bad.metadata[key] = number;
      write_safetensors(path, bad);
      expect_refused(key);
    }
  }
  for (std::size_t i = 0; i < good.tensors.size(); ++i) {
    TensorFile bad = good;
    bad.tensors.erase(bad.tensors.begin() + static_cast<std::ptrdiff_t>(i));
    write_safetensors(path, bad);
    expect_refused("no " + good.tensors[i].first);
  }
  std::filesystem::remove(path);  // the one before is as good
  EXPECT_EQ(Whole().train(whole).epochs, 2);
}

TEST(Checkpoints, WithAnyByteChangedAreRefusedOrTrained) {
  const TemporaryFolder folder;
  SGDOptions whole = options(folder, 0);
  whole.epochs = 2;
  EXPECT_EQ(Whole().train(whole).epochs, 2);
  const std::string path = whole.checkpoint.folder + "/checkpoint-12.safetensors";
  const std::string bytes = read_file(path);
  Rng rng(6);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string other = bytes;
    other[static_cast<std::size_t>(rng.below(std::ssize(bytes)))] =
        static_cast<char>(rng.below(128));
    folder.file("checkpoints/checkpoint-12.safetensors", other);
    try {
      (void)Whole().train(whole);
    } catch (const DataError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(Checkpoints, AFailedWriteLeavesTheOlderOnes) {
  const TemporaryFolder folder;
  SGDOptions whole = options(folder, 0);
  whole.epochs = 2;
  EXPECT_EQ(Whole().train(whole).epochs, 2);
  const std::vector<std::string> before = names(whole.checkpoint.folder);
  whole.epochs = 4;
  {
    const FileSizeLimit limit(1000);
    EXPECT_THROW((void)Whole().train(whole), DataError);
  }
  EXPECT_EQ(names(whole.checkpoint.folder), before);
  EXPECT_EQ(Whole().train(whole).epochs, 4);
  whole.checkpoint.folder = folder.file("file", "");
  EXPECT_THROW((void)Whole().train(whole), DataError);
}

TEST(Checkpoints, WhatAKilledWriteLeftIsRemoved) {
  const TemporaryFolder folder;
  SGDOptions whole = options(folder, 0);
  whole.epochs = 1;
  std::filesystem::create_directory(whole.checkpoint.folder);
  folder.file("checkpoints/.nn-1-0.tmp", "half");
  EXPECT_EQ(Whole().train(whole).epochs, 1);
  EXPECT_EQ(names(whole.checkpoint.folder), std::vector<std::string>{"checkpoint-6.safetensors"});
}

TEST(RngState, GoesOnToTheBit) {
  Rng a(5), b(0);
  a.randn();  // has a second number in store
  a.normal();
  for (int i = 0; i < 700; ++i) a.next_u32();
  b.set_state(a.state());
  EXPECT_EQ(a.randn(), b.randn());
  EXPECT_EQ(a.normal(), b.normal());
  for (int i = 0; i < 700; ++i) EXPECT_EQ(a.next_u32(), b.next_u32());
  EXPECT_EQ(a.stream("x").next_u32(), b.stream("x").next_u32());
  EXPECT_EQ(b.seed(), 5u);
}

TEST(RngState, OfNoGeneratorIsRefusedAndChangesNothing) {
  Rng a(5);
  const std::string state = a.state();
  for (const std::string& bad :
       {std::string(), state + " ", state + " 1", state.substr(0, state.size() - 11), "-" + state,
        "5 625" + state.substr(5), "5 624 2" + state.substr(7), "x" + state}) {
    EXPECT_THROW(a.set_state(bad), DataError) << bad.substr(0, 20);
    EXPECT_EQ(a.state(), state);
  }
}

TEST(PlateauState, GoesOnAndRefusesWhatIsNone) {
  ReduceOnPlateau a(0.1, {.patience = 2, .cooldown = 1}), b(0.1, {.patience = 2, .cooldown = 1});
  for (const double loss : {1.0, 0.5, 0.6, 0.6}) a.step(loss);
  b.set_state(a.state());
  for (const double loss : {0.7, 0.7, 0.4, 0.9, 0.9, 0.9}) EXPECT_EQ(a.step(loss), b.step(loss));
  const std::string state = a.state();
  for (const std::string bad : {"", "1 2 3", "0.1 inf 0 0 0", "nan 1 0 0", "0.1 nan 0 0",
                                "0.1 1 -1 0", "0.1 1 3 0", "0.1 1 0 2", "0.1 1 0 x"}) {
    EXPECT_THROW(a.set_state(bad), DataError) << bad;
    EXPECT_EQ(a.state(), state);
  }
}

}  // namespace
}  // namespace nn::test
