// Steps on batches that are cut into parts.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/dropout.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/optim.hpp"
#include "nn/train/sgd.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"
#include "support/weights.hpp"

namespace nn::test { namespace {

constexpr double rounding = is_double ? 1e-12 : 1e-5;

/// x, and a running mean of its columns.
class Observer : public Module {
 public:
  Tensor forward(const Tensor& x) override {
    rows.push_back(x.size(0));
    mean_ = mean(x, 0);
    return x;
  }
  Tensor predict(const Tensor& x) const override { return x; }
  Tensor backward_delta(const Tensor&, const Tensor& delta) override { return delta; }
  Shape output_shape(const Shape& input) const override { return input; }
  void visit(Visitor& visitor) override { visitor.running("running", running, mean_, 0.5); }
  std::string kind() const override { return "Observer"; }

  Tensor running = Tensor::zeros({3});
  std::vector<Index> rows;

 private:
  Tensor mean_;
};

Sequential net_with_dropout() {
  Linear encoder(3, 4);
  TiedLinear decoder(encoder);
  return Sequential{Observer(),         std::move(encoder), TanH(),      Dropout(0.3),
                    std::move(decoder), Dropout(0.3),       Linear(3, 2)};
}

Observer& observer(Sequential& net) { return net.at<Observer>(0); }

template <class Rule>
void expect_the_step_of_the_batch(Rule rule, Reduction reduction, const Dataset& batch,
                                  const Clipping& clipping = {}) {
  MSELoss loss;
  for (Index rows : {1, 2, 3, 4, 6, 7, 100}) {
    Sequential whole = net_with_dropout(), cut = net_with_dropout();
    Optim one(whole, loss, 0.05, reduction, rule), parts(cut, loss, 0.05, reduction, rule);
    parts.set_micro_batch(rows);
    for (Optim* optim : {&one, &parts}) {
      optim->set_seed(5);
      optim->set_clipping(clipping);
    }
    for (int i = 0; i < 3; ++i)
      EXPECT_NEAR(one.step(batch.x, batch.y, batch.weight),
                  parts.step(batch.x, batch.y, batch.weight), rounding);
    expect_close_weights(cut, whole, rounding);
    EXPECT_TRUE(close(observer(cut).running, observer(whole).running, rounding)) << rows;
    EXPECT_EQ(parts.rule().steps(), 3);
  }
}

TEST(MicroBatches, MakeTheStepOfTheBatch) {
  const Dataset all{wave({7, 3}), wave({7, 2}, 1)};
  for (Reduction reduction : {Reduction::sum, Reduction::batch_mean, Reduction::mean})
    expect_the_step_of_the_batch(GradientDescent(), reduction, all);
  expect_the_step_of_the_batch(GradientDescent({.momentum = 0.9}), Reduction::mean, all);
  expect_the_step_of_the_batch(Adam({.weight_decay = 0.1}), Reduction::mean, all);
  expect_the_step_of_the_batch(GradientDescent(), Reduction::mean, all, {.norm = 0.1});
  const Dataset weighted{all.x, all.y, tensor({2, 0, 0, 1, Scalar(0.5), 0, 3})};
  expect_the_step_of_the_batch(GradientDescent(), Reduction::mean, weighted);
  expect_the_step_of_the_batch(Adam(), Reduction::sum, weighted);
}

TEST(MicroBatches, HaveTheSizeThatIsSetButTheLast) {
  MSELoss loss;
  Sequential net = net_with_dropout();
  Optim optim(net, loss, 0.1);
  EXPECT_EQ(optim.micro_batch(), 0);
  optim.set_micro_batch(3);
  optim.step(wave({8, 3}), wave({8, 2}));
  optim.step(wave({3, 3}), wave({3, 2}));
  EXPECT_EQ(observer(net).rows, (std::vector<Index>{3, 3, 2, 3}));
  EXPECT_THROW(optim.set_micro_batch(-1), ArgumentError);
}

TEST(MicroBatches, GiveRunningStatisticsTheirMeanByRows) {
  const Tensor x = wave({5, 2}), y = wave({5, 2}, 1);
  MSELoss loss;
  BatchNorm net(2, {.momentum = 1}), first(2, {.momentum = 1}), last(2, {.momentum = 1});
  Optim optim(net, loss, 0.1);
  optim.set_micro_batch(3);
  optim.step(x, y);
  Optim(first, loss, 0.1).step(x.slice(0, 0, 3), y.slice(0, 0, 3));
  Optim(last, loss, 0.1).step(x.slice(0, 3, 5), y.slice(0, 3, 5));
  auto mean_of = [](const Tensor& a, const Tensor& b) { return (a * 3 + b * 2) / 5; };
  EXPECT_TRUE(close(net.running_mean(), mean_of(first.running_mean(), last.running_mean())));
  EXPECT_TRUE(close(net.running_var(), mean_of(first.running_var(), last.running_var())));
  EXPECT_TRUE(close(net.running_mean(), mean(x, 0)));
  optim.set_micro_batch(4);  // and one row
  EXPECT_THROW(optim.step(x, y), ShapeError);
}

/// Each example's gradient is its target.
class Given : public MSELoss {
 public:
  Tensor backward(const Tensor& y, const Tensor&) const override { return y.clone(); }
};

TEST(MicroBatches, AreSummedInPairs) {
  const Scalar e = std::numeric_limits<Scalar>::epsilon() / 2;  // 1 + e is 1
  const Given loss;
  auto sum_of = [&](std::initializer_list<NestedList> gradients) {
    const Tensor y = tensor(gradients);
    Linear net(1, 1, false);
    net.weight()->value.fill(0);
    Optim optim(net, loss, 1, Reduction::sum);
    optim.set_micro_batch(1);
    optim.step(Tensor::ones({y.size(0), 1}), y.reshape({y.size(0), 1}));
    return -net.weight()->value(0, 0);
  };
  EXPECT_EQ(sum_of({1, e, e}), 1);                   // (1 + e) + e
  EXPECT_EQ(sum_of({1, e, e, e}), 1 + 2 * e);        // (1 + e) + (e + e)
  EXPECT_EQ(sum_of({1, e, e, e, e}), 1 + 4 * e);     // that + e: a tie, to even
  EXPECT_EQ(sum_of({e, e, 1, e, e, e}), 1 + 4 * e);  // ((e + e) + (1 + e)) + (e + e)
}

TEST(MicroBatches, ACostThatIsNotFiniteInOneChangesNothing) {
  MSELoss loss;
  for (Index bad = 0; bad < 5; ++bad) {
    Sequential net = net_with_dropout();
    Optim plain(net, loss, 0.1), adam(net, loss, 0.1, Adam());
    Tensor x = wave({5, 3}), y = wave({5, 2}, 1);
    const std::vector<Tensor> before = weights(net);
    y(bad, 0) = NAN;
    for (Optim* optim : {&plain, &adam}) {
      optim->set_micro_batch(2);
      EXPECT_TRUE(std::isnan(optim->step(x, y)));
      EXPECT_EQ(optim->rule().steps(), 0);
    }
    expect_weights(net, before);
    EXPECT_TRUE(same_bits(observer(net).running, Tensor::zeros({3})));
    y(bad, 0) = 0;  // and the next step is like any other
    Sequential other = net_with_dropout();
    Optim fresh(other, loss, 0.1);
    fresh.set_micro_batch(2);
    EXPECT_EQ(plain.step(x, y), fresh.step(x, y));
    expect_weights(net, weights(other));
  }
}

TEST(MicroBatches, WithoutWeightMakeNoStep) {
  MSELoss loss;
  Linear net(3, 2);
  const std::vector<Tensor> before = weights(net);
  Optim optim(net, loss, 0.1);
  optim.set_micro_batch(2);
  EXPECT_EQ(optim.step(wave({5, 3}), wave({5, 2}), Tensor::zeros({5})), 0);
  EXPECT_EQ(optim.step(wave({0, 3}), wave({0, 2})), 0);
  EXPECT_EQ(optim.rule().steps(), 0);
  expect_weights(net, before);
}

TEST(MicroBatches, NameABadTargetByItsRowInTheData) {
  SoftmaxCrossEntropyLoss loss;
  Linear net(3, 2);
  const std::vector<Tensor> before = weights(net);
  Optim optim(net, loss, 0.1);
  optim.set_micro_batch(2);
  Tensor y = tensor({0, 1, 0, 1, 0, 7, 1});
  const std::string message = message_of<RangeError>([&] { optim.step(wave({7, 3}), y); });
  EXPECT_TRUE(contains(message, "row 5")) << message;
  expect_weights(net, before);
  Rng rng(1);
  const std::string in_data = message_of<RangeError>([&] {
    SGD(optim, {wave({7, 3}), y}, {.batch_size = 4, .epochs = 1, .shuffle = false}, rng).check();
  });
  EXPECT_TRUE(contains(in_data, "row 5")) << in_data;
  EXPECT_THROW(optim.step(wave({7, 3}), y.slice(0, 0, 6)), ShapeError);
}

TEST(MicroBatches, ThreadsDoNotChangeABit) {
  const Tensor x = wave({70, 256}), y = wave({70, 10}, 1);
  MSELoss loss;
  expect_same_bits_with_threads({1, 2, 5}, [&] {
    Sequential net{Linear(256, 200), TanH(), Linear(200, 10)};
    Optim optim(net, loss, 0.1, Adam());
    optim.set_clipping({.norm = 0.1});
    optim.set_micro_batch(16);
    for (int i = 0; i < 3; ++i) optim.step(x, y);
    return weights(net);
  });
}

TEST(MicroBatches, AllocateNothingAfterTheFirstStep) {
  if (!counts_allocations()) GTEST_SKIP() << "operator new is not ours here";
  Sequential net{Linear(30, 20), TanH(), Linear(20, 10)};
  MSELoss loss;
  Optim optim(net, loss, 0.1);
  optim.set_micro_batch(7);
  const Tensor x = wave({50, 30}), y = wave({50, 10}, 1), weight = wave({50}) + 1;
  optim.step(x, y, weight);
  const long before = allocations();
  for (int i = 0; i < 3; ++i) optim.step(x, y, weight);
  EXPECT_EQ(allocations(), before);
}

}  // namespace
}  // namespace nn::test
