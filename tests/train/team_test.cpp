// What Optim and SGD ask of several processes, in one. tests/mpi has more than one.

#include "nn/train/team.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/train/metrics.hpp"
#include "support/weights.hpp"
#include "train/whole_training.hpp"

namespace nn::test { namespace {

/// Has all there is to do.
class TeamOfOne : public Team {
 public:
  Index size() const override { return 1; }
  bool leads() const override { return leads_now; }
  Share share(Index parts) const override { return {0, parts}; }
  void gather(std::span<double>, Index) override {}
  void sum(std::span<const Tensor> own, std::span<Tensor> totals, Index) override {
    for (std::size_t i = 0; i < totals.size(); ++i) totals[i].copy_from(own[i]);
  }
  bool decide(bool answer) override { return answer && !stops; }
  void compare(const std::map<std::string, std::string>& settings) override {
    compared.push_back(settings);
  }

  bool leads_now = true, stops = false;
  std::vector<std::map<std::string, std::string>> compared;
};

struct InTeam : Whole {
  explicit InTeam(Team& team) {
    optim.set_micro_batch(3);
    optim.set_team(&team);
  }
};

SGDOptions short_options(const TemporaryFolder& folder) {
  return {.batch_size = 8,
          .epochs = 3,
          .history = folder.path("history.csv"),
          .checkpoint = {.folder = folder.path("checkpoints")}};
}

TEST(Team, OfOneProcessChangesNoBit) {
  TemporaryFolder folder, other_folder;
  TeamOfOne team;
  InTeam shared(team);
  Whole alone;
  alone.optim.set_micro_batch(3);
  alone.train(short_options(folder)).check();
  shared.train(short_options(other_folder)).check();
  const std::vector<Tensor> got = shared.tensors(), expected = alone.tensors();
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_TRUE(same_bits(got[i], expected[i]));
  EXPECT_FALSE(team.compared.empty());
}

TEST(Team, ChangesNoBitOfPlainStepsOnOneMicroBatch) {
  TeamOfOne team;
  std::vector<std::vector<Tensor>> ends;
  for (Team* used : {static_cast<Team*>(nullptr), static_cast<Team*>(&team)}) {
    Linear encoder(4, 7);
    TiedLinear decoder(encoder);
    Sequential net{std::move(encoder), TanH(), std::move(decoder), Linear(4, 100)};
    const MSELoss loss;
    Optim optim(net, loss, 0.3);
    optim.set_micro_batch(5);
    optim.set_team(used);
    for (Index rows : {5, 3, 1, 6}) optim.step(wave({rows, 4}), wave({rows, 100}));
    std::vector<Tensor>& end = ends.emplace_back();
    for (const ParameterPtr& p : net.parameters()) end.push_back(p->value);
  }
  for (std::size_t i = 0; i < ends[0].size(); ++i) EXPECT_TRUE(same_bits(ends[1][i], ends[0][i]));
}

TEST(Team, OnlyTheProcessThatLeadsWritesFiles) {
  TemporaryFolder folder;
  TeamOfOne team;
  team.leads_now = false;
  InTeam training(team);
  training.train(short_options(folder)).check();
  EXPECT_FALSE(std::filesystem::exists(folder.path("history.csv")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path("checkpoints")));
}

TEST(Team, DecidesWhenToStop) {
  TemporaryFolder folder;
  TeamOfOne team;
  team.stops = true;
  InTeam training(team);
  EXPECT_EQ(training.train(short_options(folder)).epochs, 1);
}

TEST(Team, NeedsMicroBatches) {
  TeamOfOne team;
  Whole training;
  training.optim.set_team(&team);
  EXPECT_THROW(training.optim.step(wave({5, 3}), wave({5, 2})), ArgumentError);
  training.optim.set_micro_batch(2);
  training.optim.step(wave({6, 3}), wave({6, 2}), tensor({1, 2, 0, 1, 1, 2}));
  EXPECT_EQ(training.optim.batch_weight(), 7);
  training.optim.set_team(nullptr);
  training.optim.step(wave({4, 3}), wave({4, 2}));
  EXPECT_EQ(training.optim.batch_weight(), 4);
}

TEST(Team, PredictsWhatOneProcessDoes) {
  TeamOfOne team;
  const Whole training;
  for (Index rows : {0, 1, 300}) {
    const Tensor x = wave({rows, 3});
    EXPECT_TRUE(same_bits(predict(team, training.net, x), predict(training.net, x)));
  }
}

}  // namespace
}  // namespace nn::test
