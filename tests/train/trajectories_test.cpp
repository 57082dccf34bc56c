#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>

#include "nn/core/error.hpp"
#include "nn/data/usps.hpp"
#include "nn/losses/bce_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/reshape.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/gradient_descent.hpp"
#include "nn/train/metrics.hpp"
#include "nn/train/optim.hpp"
#include "support/compare.hpp"
#include "support/golden.hpp"

// Whole training runs on USPS against PyTorch's, without a random number: weights are sines,
// batches are consecutive rows of zip.train. Where rounding is all that differs, the losses agree
// to 1e-13.
namespace nn::test { namespace {

/// Pixels are multiples of 1/1000, in PyTorch's runs rounded to float.
Dataset as_read_by_pytorch(Dataset part) {
  for (Index i = 0; i < part.x.numel(); ++i)
    part.x.data()[i] = static_cast<Scalar>(static_cast<float>(part.x.data()[i]));
  return part;
}

/// Element k of PyTorch's start: W.flat[k] = sin(k + 1) / sqrt(fan in).
Scalar sine(Index k, Index fan_in) {
  return static_cast<Scalar>(std::sin(static_cast<double>(k + 1)) /
                             std::sqrt(static_cast<double>(fan_in)));
}

/// PyTorch's position among the inputs of a Linear behind a Flatten, channels first, of our input
/// i, channels last.
Index channels_first(Index i, Index inputs, Index channels) {
  return i % channels * (inputs / channels) + i / channels;
}

/// The start in PyTorch's layout: Linear (out, in), Conv1D (out, in, k); biases b[k] = cos(k) / 10.
/// A Linear with `flattened` inputs is behind a Flatten of so many channels.
void start(Module& net, Index flattened = 0, Index channels = 1) {
  for (const ParameterPtr& p : net.parameters()) {
    Tensor& w = p->value;
    if (w.rank() == 1)
      for (Index k = 0; k < w.numel(); ++k)
        w(k) = static_cast<Scalar>(0.1 * std::cos(static_cast<double>(k)));
    if (w.rank() == 2)
      for (Index i = 0; i < w.size(0); ++i) {
        Index from = w.size(0) == flattened ? channels_first(i, flattened, channels) : i;
        for (Index o = 0; o < w.size(1); ++o) w(i, o) = sine(o * w.size(0) + from, w.size(0));
      }
    if (w.rank() == 3)
      for (Index k = 0; k < w.size(0); ++k)
        for (Index i = 0; i < w.size(1); ++i)
          for (Index o = 0; o < w.size(2); ++o)
            w(k, i, o) = sine((o * w.size(1) + i) * w.size(0) + k, w.size(0) * w.size(1));
  }
}

void expect_norms(const Module& net, const std::vector<double>& expected, bool gradient) {
  ASSERT_EQ(net.parameters().size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Parameter& p = *net.parameters()[i];
    EXPECT_NEAR(norm(gradient ? p.grad : p.value), expected[i], 1e-10) << i;
  }
}

class Trajectories : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_double) GTEST_SKIP() << "needs double";
    const char* folder = std::getenv("NN_DATA");
    if (!folder) GTEST_SKIP() << "NN_DATA names no folder with the USPS files";
    try {
      auto usps = load_usps(folder);
      train = as_read_by_pytorch(usps.train);
      test = as_read_by_pytorch(usps.test);
    } catch (const DataError& error) {
      GTEST_SKIP() << "NN_DATA: " << error.what();
    }
  }

  /// The run of `optim` from where its network stands, each part of a dataset seen by way of
  /// `as_seen`.
  void check(const char* name, Optim optim, Index batch,
             const std::function<Dataset(const Dataset&)>& as_seen) {
    GoldenCase expected = golden("trajectories.txt", name);
    Module& net = optim.net();
    add_gradients(optim, as_seen(train.slice(0, batch)));
    expect_norms(net, expected.numbers("gradient_norms_first"), true);
    Index done = 0;
    for (double cost : expected.numbers("losses")) {
      Dataset part = as_seen(train.slice(done * batch, (done + 1) * batch));
      ASSERT_NEAR(optim.step(part.x, part.y) * scale(optim, part), cost, 1e-10) << "step " << done;
      ++done;
    }
    expect_norms(net, expected.numbers("parameter_norms_last"), false);
    Dataset seen = as_seen(test);
    EXPECT_NEAR(evaluate(net, optim.loss(), seen) * scale(optim, seen),
                expected.numbers("test_loss")[0], 1e-10);
  }

  /// What a step from here would go down; Optim::step need not write it.
  static void add_gradients(const Optim& optim, const Dataset& part) {
    Module& net = optim.net();
    const Loss& loss = optim.loss();
    Tensor yhat = net.forward(part.x);
    const double divisor = loss.divisor(optim.reduction(), yhat.shape());
    net.zero_grad();
    net.backward_update_gradient(part.x,
                                 loss.backward(part.y, yhat) / static_cast<Scalar>(divisor));
  }

  /// From the mean over the batch to the mean that the reduction stands for.
  static double scale(const Optim& optim, const Dataset& part) {
    return static_cast<double>(part.y.size(0)) /
           optim.loss().divisor(optim.reduction(), optim.net().output_shape(part.x.shape()));
  }

  template <class Rule>
  void check_mlp(const char* name, double step, Rule rule) {
    Sequential net{Linear(256, 128), TanH(), Linear(128, 64), TanH(), Linear(64, 10)};
    start(net);
    SoftmaxCrossEntropyLoss loss;
    check(name, Optim(net, loss, step, Reduction::mean, rule), 100, raised);
  }

  template <class Pool>
  void check_conv1d(const char* name) {
    Sequential net{Reshape({256, 1}), Conv1D(3, 1, 32), Pool(2),        Flatten(),
                   Linear(4064, 100), ReLU(),           Linear(100, 10)};
    start(net, 4064, 32);
    SoftmaxCrossEntropyLoss loss;
    check(name, Optim(net, loss, 0.01, Reduction::mean), 20, raised);
  }

  /// Pixels in [0, 2].
  static Dataset raised(const Dataset& part) { return {part.x + 1, part.y}; }

  Dataset train, test;
};

TEST_F(Trajectories, MlpCrossEntropy) { check_mlp("mlp_ce_sgd.1", 0.1, GradientDescent()); }
TEST_F(Trajectories, MlpMomentum) {
  check_mlp("mlp_ce_momentum.9_lr.02", 0.02, GradientDescent({.momentum = 0.9}));
}
TEST_F(Trajectories, MlpNesterovWithWeightDecay) {
  check_mlp("mlp_ce_nesterov.9_lr.02_wd5e-4", 0.02,
            GradientDescent({.momentum = 0.9, .nesterov = true, .weight_decay = 5e-4}));
}
TEST_F(Trajectories, MlpAdam) { check_mlp("mlp_ce_adam1e-3", 1e-3, Adam()); }
TEST_F(Trajectories, MlpAdamW) {
  check_mlp("mlp_ce_adamw1e-3_wd.05", 1e-3, AdamW({.weight_decay = 0.05}));
}

TEST_F(Trajectories, MlpSoftmaxMse) {
  Sequential net{Linear(256, 128), TanH(), Linear(128, 64), TanH(), Linear(64, 10), Softmax()};
  start(net);
  MSELoss loss;
  check("mlp_softmax_mse_sgd.5", Optim(net, loss, 0.5, Reduction::batch_mean), 100,
        [](const Dataset& part) {
          return Dataset{part.x + 1, one_hot(part.y, 10)};
        });
}

TEST_F(Trajectories, AutoencoderBce) {
  Sequential net{Linear(256, 100), TanH(), Linear(100, 10),  TanH(),
                 Linear(10, 100),  TanH(), Linear(100, 256), Sigmoid()};
  start(net);
  BCELoss loss;
  check("ae_bce_mean_sgd_lr2.56", Optim(net, loss, 2.56, Reduction::mean), 50,
        [](const Dataset& part) {
          Tensor q = (part.x + 1) / 2;
          return Dataset{q, q};
        });
}

TEST_F(Trajectories, Conv1DWithMaxPool) { check_conv1d<MaxPool1D>("conv1d_max_sgd.01"); }
TEST_F(Trajectories, Conv1DWithAvgPool) { check_conv1d<AvgPool1D>("conv1d_avg_sgd.01"); }

}  // namespace
}  // namespace nn::test
