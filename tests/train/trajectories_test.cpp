#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "nn/core/error.hpp"
#include "nn/data/usps.hpp"
#include "nn/losses/bce_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/optim.hpp"
#include "support/compare.hpp"
#include "support/golden.hpp"

// Whole training runs on USPS against PyTorch's, without a random number: weights are sines,
// batches are consecutive rows of zip.train. Where rounding is all that differs, the losses agree
// to 1e-13.
namespace nn::test {
namespace {

class Trajectories : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_double) GTEST_SKIP() << "needs double";
    const char* folder = std::getenv("NN_DATA");
    if (!folder) GTEST_SKIP() << "NN_DATA names no folder with the USPS files";
    try {
      train = load_usps(folder).train;
    } catch (const DataError& error) {
      GTEST_SKIP() << "NN_DATA: " << error.what();
    }
    // Pixels are multiples of 1/1000, in PyTorch's run rounded to float.
    for (Index i = 0; i < train.x.numel(); ++i)
      train.x.data()[i] = static_cast<Scalar>(static_cast<float>(train.x.data()[i]));
  }

  /// PyTorch's W.flat[k] = sin(k + 1) / sqrt(in) in its layout (out, in), b[k] = cos(k) / 10.
  static void start(Module& net) {
    for (const ParameterPtr& p : net.parameters()) {
      Tensor value = p->value;
      if (value.rank() == 1)
        for (Index k = 0; k < value.numel(); ++k)
          value(k) = static_cast<Scalar>(0.1 * std::cos(static_cast<double>(k)));
      else
        for (Index o = 0; o < value.size(1); ++o)
          for (Index i = 0; i < value.size(0); ++i)
            value(i, o) =
                static_cast<Scalar>(std::sin(static_cast<double>(o * value.size(0) + i + 1)) /
                                    std::sqrt(static_cast<double>(value.size(0))));
    }
  }

  void check(const char* name, Sequential& net, const Loss& loss, const Dataset& data, Index batch,
             double step, Reduction reduction) {
    GoldenCase expected = golden("trajectories.txt", name);
    start(net);
    Optim optim(net, loss, step, reduction);
    Index done = 0;
    for (double cost : expected.numbers("losses")) {
      Dataset part = data.slice(done * batch, (done + 1) * batch);
      double scale = loss.divisor(reduction, part.y.shape()) / static_cast<double>(batch);
      ASSERT_NEAR(optim.step(part.x, part.y) / scale, cost, 1e-10) << "step " << done;
      if (done++ == 0) expect_norms(net, expected.numbers("gradient_norms_first"), true);
    }
    expect_norms(net, expected.numbers("parameter_norms_last"), false);
  }

  /// A Linear's weight and bias are parameters here and there.
  static void expect_norms(const Module& net, const std::vector<double>& expected, bool gradient) {
    ASSERT_EQ(net.parameters().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Parameter& p = *net.parameters()[i];
      EXPECT_NEAR(norm(gradient ? p.grad : p.value), expected[i], 1e-10) << i;
    }
  }

  Dataset train;
};

TEST_F(Trajectories, MlpCrossEntropy) {
  Sequential net{Linear(256, 128), TanH(), Linear(128, 64), TanH(), Linear(64, 10)};
  check("mlp_ce_sgd.1", net, SoftmaxCrossEntropyLoss(), {train.x + 1, train.y}, 100, 0.1,
        Reduction::mean);
}

TEST_F(Trajectories, MlpSoftmaxMse) {
  Sequential net{Linear(256, 128), TanH(), Linear(128, 64), TanH(), Linear(64, 10), Softmax()};
  check("mlp_softmax_mse_sgd.5", net, MSELoss(), {train.x + 1, one_hot(train.y, 10)}, 100, 0.5,
        Reduction::batch_mean);
}

TEST_F(Trajectories, AutoencoderBce) {
  Sequential net{Linear(256, 100), TanH(), Linear(100, 10),  TanH(),
                 Linear(10, 100),  TanH(), Linear(100, 256), Sigmoid()};
  Tensor q = (train.x + 1) / 2;
  check("ae_bce_mean_sgd_lr2.56", net, BCELoss(), {q, q}, 50, 2.56, Reduction::mean);
}

}  // namespace
}  // namespace nn::test
