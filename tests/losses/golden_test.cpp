#include "support/golden.hpp"

#include <gtest/gtest.h>

#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"

namespace nn::test {
namespace {

/// Costs and gradients, then three steps of gradient descent under PyTorch's mean on a linear layer
/// with those of `last` behind it.
template <class L, class... Last>
void check(const char* name, Last... last) {
  GoldenCase expected = golden("losses.txt", name);
  const L loss;
  const Tensor &y = expected["y"], &yhat = expected["yhat"];
  EXPECT_TRUE(close(loss.forward(y, yhat), expected["costs_each"], golden_tolerance));
  EXPECT_TRUE(close(loss.backward(y, yhat), expected["gradient"], golden_tolerance));

  Sequential net;
  net.append(Linear(6, yhat.size(1)));
  (net.append(std::move(last)), ...);
  for (std::size_t i = 0; i < 2; ++i)
    net.parameters()[i]->value.copy_from(expected.list("start")[i]);
  const Tensor& x = expected["inputs"];
  for (double cost : expected.numbers("costs")) {
    Tensor z = net.forward(x);
    const double divisor = loss.divisor(Reduction::mean, z.shape());
    EXPECT_NEAR(sum(loss.forward(y, z)) / divisor, cost, golden_tolerance);
    net.zero_grad();
    net.backward_update_gradient(x, loss.backward(y, z) / static_cast<Scalar>(divisor));
    net.update_parameters(Scalar(0.05));
  }
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_TRUE(close(net.parameters()[i]->value, expected.list("trained")[i], golden_tolerance));
}

TEST(GoldenLosses, MSE) { check<MSELoss>("MSELoss"); }
TEST(GoldenLosses, BCE) { check<BCELoss>("BCELoss", Sigmoid()); }
TEST(GoldenLosses, BCEWithLogits) { check<BCEWithLogitsLoss>("BCEWithLogitsLoss"); }
TEST(GoldenLosses, CrossEntropy) {
  check<CrossEntropyLoss>("CrossEntropyLoss", Softmax());
  check<CrossEntropyLoss>("CrossEntropyLossSoft", Softmax());
}
TEST(GoldenLosses, SoftmaxCrossEntropy) {
  check<SoftmaxCrossEntropyLoss>("SoftmaxCrossEntropyLoss");
  check<SoftmaxCrossEntropyLoss>("SoftmaxCrossEntropyLossSoft");
}
TEST(GoldenLosses, Hinge) { check<HingeLoss>("HingeLoss"); }

}  // namespace
}  // namespace nn::test
