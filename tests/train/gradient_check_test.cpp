#include "nn/train/gradient_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "nn/core/error.hpp"
#include "nn/losses/bce_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/embedding.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

enum class Fault { none, data, parameter, overwrites, both, promise, shape, nan, throws };

/// z = a x, with a fault.
class Scale : public Module {
 public:
  explicit Scale(Fault fault = Fault::none)
      : fault_(fault), a_(make_parameter(ParameterKind::weight, {1}, 1, 1)) {
    a_->value.fill(2);
  }
  Tensor forward(const Tensor& x) override {
    if (fault_ == Fault::throws && a_->value(0) != 2) throw ArgumentError("not 2");
    return predict(x);
  }
  Tensor predict(const Tensor& x) const override { return x * a_->value; }
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override {
    if (fault_ == Fault::overwrites) a_->grad.fill(0);
    if (fault_ == Fault::promise) {
      a_->grad = a_->grad + tensor({static_cast<Scalar>(sum(delta * x))});
      return;
    }
    a_->grad(0) += static_cast<Scalar>(sum(delta * x) * (fault_ == Fault::parameter ? 2 : 1));
  }
  Tensor backward_delta(const Tensor&, const Tensor& delta) override {
    if (fault_ == Fault::shape) return Tensor::zeros({1});
    Tensor dx = delta * a_->value;
    if (fault_ == Fault::data) dx.at(1, 2) += 1;
    if (fault_ == Fault::nan) dx.at(1, 2) = NAN;
    return dx;
  }
  Tensor backward(const Tensor& x, const Tensor& delta) override {
    Tensor dx = Module::backward(x, delta);
    return fault_ == Fault::both ? dx * 2 : dx;
  }
  Shape output_shape(const Shape& input) const override { return input; }
  void visit(Visitor& visitor) override { visitor.parameter(a_); }
  bool adds_once() const override { return fault_ == Fault::promise; }
  std::string kind() const override { return "Scale"; }

 private:
  Fault fault_;
  ParameterPtr a_;
};

GradientCheck of_fault(Fault fault) {
  Scale layer(fault);
  return check_gradients(layer, {2, 3});
}

TEST(GradientCheck, OfARightLayer) {
  GradientCheck check = of_fault(Fault::none);
  EXPECT_TRUE(check.ok()) << check;
  EXPECT_EQ(check.elements, 2 * 6 + 4 * 1);
  EXPECT_LT(check.error, is_double ? 1e-9 : 1e-3);
  EXPECT_FALSE(check.where.empty());
}

TEST(GradientCheck, OfALayerWithAnotherStepSize) {
  for (double factor : {0.125, 0.0}) {
    Linear layer(3, 2);
    layer.scale_steps(factor);
    EXPECT_TRUE(check_gradients(layer, Shape{2, 3}).ok()) << factor;
  }
}

TEST(GradientCheck, OfANetworkThatTakesIndices) {
  Sequential net{Embedding(5, 3), Flatten(), Linear(6, 2)};
  const GradientCheck check = check_gradients(net, tensor({0, 4, 1, 1}).reshape({2, 2}));
  EXPECT_TRUE(check.ok()) << check;
  EXPECT_EQ(check.elements, 4 * net.parameter_count());
}

TEST(GradientCheck, FindsAWrongGradientAndSaysWhere) {
  GradientCheck check = of_fault(Fault::data);
  EXPECT_FALSE(check.ok());
  EXPECT_EQ(check.where, "backward: dL/dx[1, 2]");
  EXPECT_NEAR(check.analytic - check.numeric, 1, 1e-2);
  EXPECT_TRUE(contains(of_fault(Fault::parameter).where, "dL/dweight[0]"));
  EXPECT_FALSE(of_fault(Fault::parameter).ok());
}

TEST(GradientCheck, FindsGradientsThatAreOverwritten) {
  EXPECT_FALSE(of_fault(Fault::overwrites).ok());
}

TEST(GradientCheck, FindsAPromiseThatIsNotKept) {
  GradientCheck check = of_fault(Fault::promise);
  EXPECT_FALSE(check.ok());
  EXPECT_TRUE(contains(check.where, "step")) << check;
}

TEST(GradientCheck, ComparesTheSweepAndItsParts) {
  GradientCheck check = of_fault(Fault::both);
  EXPECT_FALSE(check.ok());
  EXPECT_TRUE(contains(check.where, "backward: dL/dx")) << check;
}

TEST(GradientCheck, NanIsNotRight) {
  GradientCheck check = of_fault(Fault::nan);
  EXPECT_FALSE(check.ok());
  EXPECT_EQ(check.where, "backward: dL/dx[1, 2]");
}

TEST(GradientCheck, AGradientOfAnotherShapeIsAnError) {
  EXPECT_EQ(message_of<ShapeError>([] { of_fault(Fault::shape); }),
            "backward: dL/dx: expected (2, 3), got (1)");
}

TEST(GradientCheck, OfNothingIsNotRight) { EXPECT_FALSE(check_gradients(MSELoss(), {0, 3}).ok()); }

TEST(GradientCheck, LeavesALayerThatThrowsAsItWas) {
  Scale layer(Fault::throws);
  EXPECT_THROW(check_gradients(layer, {2, 3}), ArgumentError);
  EXPECT_EQ(layer.parameters()[0]->value(0), 2);
  EXPECT_EQ(layer.parameters()[0]->grad(0), 0);
}

TEST(GradientCheck, NamesTheLayerInANetworkAndLeavesItAsItWas) {
  Sequential net(Linear(4, 3), TanH(), Scale(Fault::parameter));
  std::vector<Tensor> before;
  for (const ParameterPtr& p : net.parameters()) before.push_back(p->value.clone());
  GradientCheck check = check_gradients(net, {5, 4}, 3);
  EXPECT_TRUE(contains(check.where, "dL/d2.weight[0]")) << check;
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_TRUE(same_bits(net.parameters()[i]->value, before[i]));
    EXPECT_EQ(norm(net.parameters()[i]->grad), 0);
  }
}

TEST(GradientCheck, OfDataThatTheCallerKeeps) {
  Tensor x = scattered(wave({3, 4})), before = x.clone();
  Sequential net(Linear(4, 3), TanH());
  EXPECT_TRUE(check_gradients(net, x).ok());
  EXPECT_TRUE(same_bits(x, before));
}

TEST(GradientCheck, DependsOnTheSeedAlone) {
  auto printed = [](std::uint64_t seed) {
    Linear layer(4, 3);
    std::ostringstream out;
    out << check_gradients(layer, {2, 4}, seed);
    return out.str();
  };
  EXPECT_EQ(printed(1), printed(1));
  EXPECT_NE(printed(1), printed(2));
  EXPECT_EQ(printed(1).find("76 elements, error at most "), 0u) << printed(1);
}

TEST(GradientCheck, OfLosses) {
  EXPECT_TRUE(check_gradients(MSELoss(), {4, 3}).ok());
  EXPECT_TRUE(check_gradients(BCELoss(), {4, 3}).ok());
  EXPECT_TRUE(check_gradients(SoftmaxCrossEntropyLoss(), {4, 3}).ok());
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_TRUE(check_gradients(CrossEntropyLoss(), {20, 10}, seed).ok()) << seed;
    EXPECT_TRUE(check_gradients(BCELoss(), {20, 10}, seed).ok()) << seed;
  }
  EXPECT_THROW(check_gradients(HingeLoss(), {4, 3}), RangeError);
  EXPECT_TRUE(check_gradients(HingeLoss(), tensor({1, -1}), tensor({Scalar(0.3), 2})).ok());
}

/// Half the square, with the gradient of the whole one.
class WrongLoss : public MSELoss {
 public:
  Tensor forward(const Tensor& y, const Tensor& yhat) const override {
    return MSELoss::forward(y, yhat) / 2;
  }
};

TEST(GradientCheck, FindsAWrongLoss) {
  GradientCheck check = check_gradients(WrongLoss(), {4, 3});
  EXPECT_FALSE(check.ok());
  EXPECT_TRUE(contains(check.where, "backward: dL/dyhat[")) << check;
}

}  // namespace
}  // namespace nn::test
