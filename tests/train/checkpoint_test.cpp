#include "nn/train/checkpoint.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "io/file_size_limit.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/adagrad.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/rms_prop.hpp"
#include "support/compare.hpp"
#include "support/mlp.hpp"
#include "support/sample.hpp"

namespace {

using nn::Scalar, nn::Tensor;
using nn::test::mlp, nn::test::same_bits;

bool same_parameters(const nn::Module& a, const nn::Module& b) {
  for (std::size_t i = 0; i < a.parameters().size(); ++i)
    if (!equal(a.parameters()[i]->value, b.parameters()[i]->value)) return false;
  return true;
}

template <class Rule>
void expect_to_go_on_as_if_not_stopped(Rule rule) {
  TemporaryFolder folder;
  std::string path = folder.path("rule.safetensors");
  nn::Sequential whole = mlp(), first = mlp(), second = mlp();
  nn::MSELoss loss;
  auto optim = [&](nn::Module& net) {
    return nn::Optim(net, loss, 0.01, nn::Reduction::mean, rule);
  };
  nn::Optim uninterrupted = optim(whole), before = optim(first), after = optim(second);
  nn::Rng rng(1);
  Tensor x = rng.randn({5, 3}), y = rng.randn({5, 2});
  for (int i = 0; i < 3; ++i) uninterrupted.step(x, y);
  for (int i = 0; i < 2; ++i) before.step(x, y);
  save_checkpoint(path, before);
  nn::Rng other(9);
  initialize(second, other);
  load_checkpoint(path, after);
  EXPECT_EQ(after.rule().steps(), 2);
  after.step(x, y);
  EXPECT_TRUE(same_parameters(whole, second));
}

TEST(Checkpoint, TrainingGoesOnAsIfItHadNotStopped) {
  expect_to_go_on_as_if_not_stopped(nn::Adam());
  expect_to_go_on_as_if_not_stopped(nn::RMSProp({.momentum = 0.9, .centered = true}));
  expect_to_go_on_as_if_not_stopped(nn::Adagrad({.weight_decay = 0.1, .decay_only_weights = true}));
}

TEST(Checkpoint, KeepsTheStepsThatAParameterWasFrozenIn) {
  TemporaryFolder folder;
  nn::MSELoss loss;
  nn::Sequential net = mlp(), other = mlp();
  nn::Optim optim(net, loss, 0.01, nn::Adam()), resumed(other, loss, 0.01, nn::Adam());
  const Tensor x = nn::test::wave({5, 3}), y = nn::test::wave({5, 2}, 1);
  net[0].freeze();
  for (int i = 0; i < 3; ++i) optim.step(x, y);
  net[0].freeze(false);
  optim.step(x, y);
  save_checkpoint(folder.path("c"), optim);
  load_checkpoint(folder.path("c"), resumed);
  optim.step(x, y);
  resumed.step(x, y);
  EXPECT_TRUE(same_parameters(net, other));
  for (const char* bad : {"3 3 0", "3 3 0 0 0", "3 3 0 -1", "3 3 0 5", "3 3 0 x", "3 3 0 -",
                          "3 3 0 +0", "3 3 0 00", "3 3 0 99999999999999999999"}) {
    nn::TensorFile file = nn::read_safetensors(folder.path("c"));
    file.metadata["frozen_steps"] = bad;
    write_safetensors(folder.path("bad"), file);
    EXPECT_THROW(load_checkpoint(folder.path("bad"), resumed), nn::DataError) << bad;
  }
}

TEST(Checkpoint, OfATrainingThatHasNotBegun) {
  TemporaryFolder folder;
  nn::Sequential net = mlp(), other = mlp();
  nn::MSELoss loss;
  nn::Optim a(net, loss, 0.1, nn::Reduction::mean, nn::Adam());
  nn::Optim b(other, loss, 0.1, nn::Reduction::mean, nn::Adam());
  save_checkpoint(folder.path("c"), a);
  for (int round = 0; round < 2; ++round) {
    load_checkpoint(folder.path("c"), b);
    EXPECT_EQ(b.rule().steps(), 0);
    save_checkpoint(folder.path("c"), b);
  }
}

/// A checkpoint after one step of Adam, of which the metadata say another number of steps.
void save_with_steps(const std::string& path, const std::string& steps) {
  nn::Sequential net = mlp();
  nn::MSELoss loss;
  nn::Optim optim(net, loss, 0.1, nn::Reduction::mean, nn::Adam());
  optim.step(nn::test::wave({4, 3}), nn::test::wave({4, 2}, 1));
  save_checkpoint(path, optim);
  nn::TensorFile file = nn::read_safetensors(path);
  file.metadata["steps"] = steps;
  write_safetensors(path, file);
}

TEST(Checkpoint, OfManyStepsIsLoadedAtOnceAndGoesOn) {
  TemporaryFolder folder;
  nn::Sequential net = mlp();
  nn::MSELoss loss;
  nn::Optim optim(net, loss, 0.1, nn::Reduction::mean, nn::Adam());
  save_with_steps(folder.path("c"), "9007199254740992");
  load_checkpoint(folder.path("c"), optim);
  EXPECT_EQ(optim.rule().steps(), 9007199254740992);
  optim.step(nn::test::wave({4, 3}), nn::test::wave({4, 2}, 1));
  EXPECT_EQ(optim.rule().steps(), 9007199254740993);
  for (const auto& p : net.parameters()) EXPECT_TRUE(all_finite(p->value));
}

TEST(Checkpoint, OfStepsThatNoTrainingMadeIsRefused) {
  TemporaryFolder folder;
  const std::string path = folder.path("c");
  nn::Sequential net = mlp(), like = mlp();
  nn::MSELoss loss;
  nn::Optim optim(net, loss, 0.1, nn::Reduction::mean, nn::Adam());
  nn::Optim other(like, loss, 0.1, nn::Reduction::mean, nn::Adam());
  const Tensor x = nn::test::wave({4, 3}), y = nn::test::wave({4, 2}, 1);
  for (nn::Optim* each : {&optim, &other})
    for (int i = 0; i < 3; ++i) each->step(x, y);
  for (const std::string steps : {"9223372036854775807",
                                  "9223372036854775806",
                                  "9223372036854775808",
                                  "9007199254740993",
                                  "18446744073709551615",
                                  "18446744073709551617",
                                  "-1",
                                  "-9223372036854775808",
                                  "-0",
                                  "+1",
                                  "01",
                                  " 1",
                                  "1 ",
                                  "",
                                  "1.0",
                                  "1e3",
                                  "0x1",
                                  "nan",
                                  "1\n",
                                  "\xd9\xa1"}) {
    save_with_steps(path, steps);
    const auto message = nn::test::message_of<nn::DataError>([&] { load_checkpoint(path, optim); });
    EXPECT_TRUE(message.starts_with(path + ": steps")) << message;
  }
  EXPECT_EQ(optim.rule().steps(), 3);
  EXPECT_EQ(optim.step(x, y), other.step(x, y));
  EXPECT_TRUE(same_parameters(net, like));
}

TEST(Parameters, ThatLayersShareAreOne) {
  TemporaryFolder folder;
  nn::Linear encoder(3, 2);
  nn::TiedLinear decoder(encoder);
  nn::Sequential net{std::move(encoder), std::move(decoder)};
  save_parameters(folder.path("w"), net);
  load_parameters(folder.path("w"), net);
  nn::TensorFile file = nn::read_safetensors(folder.path("w"));
  for (auto& [name, tensor] : file.tensors)
    if (name == "1.weight") tensor.fill(7);
  write_safetensors(folder.path("w"), file);
  const Tensor before = net.parameters()[0]->value.clone();
  EXPECT_THROW(load_parameters(folder.path("w"), net), nn::DataError);
  EXPECT_TRUE(equal(net.parameters()[0]->value, before));
}

TEST(Checkpoint, OfAnotherRuleIsRefused) {
  TemporaryFolder folder;
  nn::Sequential net = mlp();
  nn::MSELoss loss;
  nn::Optim plain(net, loss, 0.1, nn::Reduction::mean);
  nn::Optim adam(net, loss, 0.1, nn::Reduction::mean, nn::Adam());
  save_checkpoint(folder.path("c"), plain);
  EXPECT_THROW(load_checkpoint(folder.path("c"), adam), nn::DataError);
  save_parameters(folder.path("p"), net);
  EXPECT_THROW(load_checkpoint(folder.path("p"), plain), nn::DataError);
}

TEST(Parameters, AreSavedAndLoadedToTheLastBit) {
  TemporaryFolder folder;
  nn::Linear layer(3, 2), loaded(3, 2);
  layer.weight()->value.copy_from(
      Tensor::from({3, 2}, {Scalar(0.1), Scalar(1) / 3, Scalar(1e-40), Scalar(-0.0), Scalar(3.4e38),
                            std::numeric_limits<Scalar>::denorm_min()}));
  save_parameters(folder.path("w"), layer);
  load_parameters(folder.path("w"), loaded);
  auto expect_same = [&] {
    for (std::size_t i = 0; i < 2; ++i)
      EXPECT_TRUE(same_bits(loaded.parameters()[i]->value, layer.parameters()[i]->value));
  };
  expect_same();
  Tensor x = nn::test::wave({4, 3}), y = nn::test::wave({4, 2}, 1);
  EXPECT_TRUE(same_bits(loaded.predict(x), layer.predict(x)));
  // Training goes on from what was loaded.
  for (nn::Linear* net : {&layer, &loaded}) net->weight()->value(2, 0) = Scalar(0.5);
  nn::MSELoss loss;
  nn::Optim one(layer, loss, 0.1, nn::Reduction::mean);
  nn::Optim other(loaded, loss, 0.1, nn::Reduction::mean);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(one.step(x, y), other.step(x, y));
  expect_same();
}

TEST(Parameters, AreSavedWithPyTorchsNamesAndLayout) {
  TemporaryFolder folder;
  nn::Sequential net = mlp();
  save_parameters(folder.path("w"), net);
  nn::TensorFile file = nn::read_safetensors(folder.path("w"));
  EXPECT_EQ(file.at("0.weight").shape(), (nn::Shape{4, 3}));
  EXPECT_EQ(file.at("2.weight").shape(), (nn::Shape{2, 4}));
  EXPECT_EQ(file.at("2.bias").shape(), (nn::Shape{2}));
  EXPECT_EQ(file.at("0.weight")(3, 1), net.parameters()[0]->value(1, 3));
}

TEST(Parameters, OfAnotherNetworkLeaveItUnchanged) {
  TemporaryFolder folder;
  nn::Sequential small{nn::Linear(3, 4)}, net = mlp(),
                                          wide{nn::Linear(3, 4), nn::TanH(), nn::Linear(4, 3)};
  Tensor before = net.parameters()[0]->value.clone();
  nn::Rng rng(5);
  for (nn::Sequential* other : {&small, &wide}) {
    initialize(*other, rng);
    save_parameters(folder.path("w"), *other);
    EXPECT_THROW(load_parameters(folder.path("w"), net), nn::DataError);
    EXPECT_TRUE(equal(net.parameters()[0]->value, before));
  }
  save_parameters(folder.path("w"), net);
  EXPECT_THROW(load_parameters(folder.path("w"), small), nn::DataError);
}

TEST(Parameters, AreFoundUnderTheNamesThatTheFileGivesThem) {
  TemporaryFolder folder;
  const std::string path = folder.path("a.safetensors");
  nn::Sequential inner = mlp(), net = mlp();
  nn::Rng rng(3);
  initialize(inner, rng);
  nn::Sequential outer;
  outer.append(std::move(inner));  // 0.0.weight, ...
  save_parameters(path, outer);
  EXPECT_THROW(load_parameters(path, net), nn::DataError);
  const nn::LoadReport report = load_parameters(path, net, {.names = {{"", "0."}}});
  EXPECT_EQ(report.loaded, (std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"}));
  EXPECT_TRUE(report.missing.empty() && report.extra.empty());
  EXPECT_TRUE(same_parameters(net, outer));
  // The longest key counts.
  nn::Sequential other = mlp();
  load_parameters(path, other, {.names = {{"", "none."}, {"0.", "0.0."}, {"2.", "0.2."}}});
  EXPECT_TRUE(same_parameters(other, outer));
}

TEST(Parameters, OfAnotherNetworkAreLeftOutWhereTheUserSaysSo) {
  TemporaryFolder folder;
  const std::string path = folder.path("a.safetensors");
  nn::Sequential net = mlp();
  nn::Rng rng(3);
  initialize(net, rng);
  save_parameters(path, net);
  nn::Sequential head{nn::Linear(3, 4), nn::TanH()}, longer = mlp();
  longer.append(nn::Linear(2, 7));
  const Tensor start = longer.parameters()[4]->value.clone();
  EXPECT_THROW(load_parameters(path, head, {.leave_missing = true}), nn::DataError);
  EXPECT_THROW(load_parameters(path, longer, {.skip_extra = true}), nn::DataError);
  const nn::LoadReport less = load_parameters(path, head, {.skip_extra = true});
  EXPECT_EQ(less.extra, (std::vector<std::string>{"2.bias", "2.weight"}));
  EXPECT_TRUE(equal(head.parameters()[0]->value, net.parameters()[0]->value));
  const nn::LoadReport more = load_parameters(path, longer, {.leave_missing = true});
  EXPECT_EQ(more.missing, (std::vector<std::string>{"3.weight", "3.bias"}));
  EXPECT_TRUE(equal(longer.parameters()[2]->value, net.parameters()[2]->value));
  EXPECT_TRUE(equal(longer.parameters()[4]->value, start));
  // A tensor of another shape is an error all the same, and nothing has changed then.
  nn::Sequential wide{nn::Linear(3, 4), nn::TanH(), nn::Linear(4, 3)};
  const Tensor before = wide.parameters()[0]->value.clone();
  EXPECT_THROW(load_parameters(path, wide, {.skip_extra = true, .leave_missing = true}),
               nn::DataError);
  EXPECT_TRUE(equal(wide.parameters()[0]->value, before));
}

TEST(Parameters, AFailedWriteLeavesTheEarlierFile) {
  TemporaryFolder folder;
  nn::Sequential net = mlp(), loaded = mlp();
  EXPECT_THROW(save_parameters("/dev/full", net), nn::DataError);
  EXPECT_THROW(save_parameters(folder.path("missing/w"), net), nn::DataError);
  save_parameters(folder.path("w"), net);
  {
    FileSizeLimit limit(100);
    EXPECT_THROW(save_parameters(folder.path("w"), loaded), nn::DataError);
  }
  nn::Rng rng(4);
  initialize(loaded, rng);
  load_parameters(folder.path("w"), loaded);
  EXPECT_TRUE(same_parameters(net, loaded));
}

}  // namespace
