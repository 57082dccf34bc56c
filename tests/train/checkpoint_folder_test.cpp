// The checkpoints that SGD keeps in a folder: whole, damaged, or of another training.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/file_size_limit.hpp"
#include "nn/core/error.hpp"
#include "nn/io/file.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/train/checkpoint.hpp"
#include "support/compare.hpp"
#include "train/whole_training.hpp"

namespace nn::test { namespace {

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

/// Options of two epochs, which were trained.
SGDOptions two_epochs(const TemporaryFolder& folder) {
  SGDOptions whole = options(folder, 0);
  whole.epochs = 2;
  EXPECT_EQ(Whole().train(whole).epochs, 2);
  return whole;
}

std::string last_checkpoint(const SGDOptions& whole) {
  return whole.checkpoint.folder + "/checkpoint-12.safetensors";
}

TEST(Checkpoints, ThatAreDamagedAreNamedAndChangeNothing) {
  const TemporaryFolder folder;
  const SGDOptions whole = two_epochs(folder);
  const std::string path = last_checkpoint(whole), bytes = read_file(path);
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
  const SGDOptions whole = two_epochs(folder);
  const std::string path = last_checkpoint(whole), bytes = read_file(path);
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

}  // namespace
}  // namespace nn::test
