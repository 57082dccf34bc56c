#include <gtest/gtest.h>

#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/huber_loss.hpp"
#include "nn/losses/l1_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "support/compare.hpp"
#include "support/golden_training.hpp"

namespace nn::test { namespace {

/// Costs and gradients, then the training under PyTorch's mean of a linear layer with those of
/// `last` behind it.
template <class... Last>
void check(const char* name, const Loss& loss, Last... last) {
  SCOPED_TRACE(name);
  GoldenCase expected = golden("losses.txt", name);
  const Tensor &y = expected["y"], &yhat = expected["yhat"], &x = expected["inputs"];
  EXPECT_TRUE(close(loss.forward(y, yhat), expected["costs_each"], golden_tolerance));
  EXPECT_TRUE(close(loss.backward(y, yhat), expected["gradient"], golden_tolerance));

  Sequential net;
  net.append(Linear(x.size(1), yhat.size(1)));
  (net.append(std::move(last)), ...);
  check_training(net, loss, Reduction::mean, x, y, expected);
}

TEST(GoldenLosses, MSE) { check("MSELoss", MSELoss()); }
TEST(GoldenLosses, BCE) { check("BCELoss", BCELoss(), Sigmoid()); }
TEST(GoldenLosses, BCEWithLogits) { check("BCEWithLogitsLoss", BCEWithLogitsLoss()); }
TEST(GoldenLosses, CrossEntropy) {
  check("CrossEntropyLoss", CrossEntropyLoss(), Softmax());
  check("CrossEntropyLossSoft", CrossEntropyLoss(), Softmax());
}
TEST(GoldenLosses, SoftmaxCrossEntropy) {
  check("SoftmaxCrossEntropyLoss", SoftmaxCrossEntropyLoss());
  check("SoftmaxCrossEntropyLossSoft", SoftmaxCrossEntropyLoss());
}
TEST(GoldenLosses, LabelSmoothing) {
  check("SoftmaxCrossEntropyLossSmoothed", SoftmaxCrossEntropyLoss(0.1));
  check("SoftmaxCrossEntropyLossSmoothedSoft", SoftmaxCrossEntropyLoss(0.1));
}
TEST(GoldenLosses, Hinge) { check("HingeLoss", HingeLoss()); }
TEST(GoldenLosses, L1) { check("L1Loss", L1Loss()); }
TEST(GoldenLosses, Huber) { check("HuberLoss", HuberLoss(0.7)); }

}  // namespace
}  // namespace nn::test
