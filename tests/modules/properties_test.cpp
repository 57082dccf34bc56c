#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/modules/init.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/gradient_check.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/module_cases.hpp"

// What holds for every module: see support/module_cases.hpp for the list.
namespace nn::test { namespace {

class ModuleProperties : public ModuleTest {
 protected:
  Tensor delta_for(const Tensor& x) const { return wave(module->output_shape(x.shape()), 1); }
  std::vector<Tensor> gradients() const {
    std::vector<Tensor> result;
    for (const ParameterPtr& p : module->parameters()) result.push_back(p->grad.clone());
    return result;
  }
  std::vector<Tensor> weights() const {
    std::vector<Tensor> result;
    for (const ParameterPtr& p : module->parameters()) result.push_back(p->value.clone());
    return result;
  }
};

/// Whether forward() in training is another function than predict(): of the whole batch, or of
/// random numbers.
bool differs_in_training(Module& module) {
  struct Found final : Visitor {
    bool found = false;
    void parameter(ParameterPtr&) override {}
    void buffer(std::string_view, Tensor&) override {}
    void running(std::string_view, Tensor&, const Tensor&, double) override { found = true; }
    void random(RandomKey&) override { found = true; }
    void part(std::string_view, Module& part) override { part.visit(*this); }
  } visitor;
  module.visit(visitor);
  return visitor.found;
}

void expect_same(const std::vector<Tensor>& got, const std::vector<Tensor>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(same_bits(got[i], expected[i]));
}

TEST_P(ModuleProperties, GradientsAgreeWithCentralDifferences) {
  if (!is_double) GTEST_SKIP() << "needs double: differences of floats say too little";
  if (GetParam().takes_indices) GTEST_SKIP() << "an index has no neighbours";
  for (Index batch : {1, 2, 5}) {
    GradientCheck check = check_gradients(*module, input(batch));
    EXPECT_TRUE(check.ok(1e-8)) << check;
    EXPECT_GE(check.elements, input(batch).numel());
  }
}

TEST_P(ModuleProperties, StartsFromAFixedDrawAndZeroGradients) {
  const auto one = GetParam().make(), other = GetParam().make();
  for (std::size_t i = 0; i < one->parameters().size(); ++i) {
    const Parameter& p = *one->parameters()[i];
    EXPECT_TRUE(same_bits(p.value, other->parameters()[i]->value));
    EXPECT_TRUE(same_bits(p.grad, Tensor::zeros(p.value.shape())));
  }
}

TEST_P(ModuleProperties, TheThreeBackwardFunctionsAgree) {
  Tensor x = input(3), delta = delta_for(x);
  module->forward(x);
  module->zero_grad();
  Tensor both = module->backward(x, delta);
  std::vector<Tensor> expected = gradients();
  module->zero_grad();
  EXPECT_TRUE(same_bits(module->backward_delta(x, delta), both));
  for (const Tensor& g : gradients()) EXPECT_TRUE(same_bits(g, Tensor::zeros(g.shape())));
  module->backward_update_gradient(x, delta);
  expect_same(gradients(), expected);
}

TEST_P(ModuleProperties, GradientsAddUpUntilZeroed) {
  Tensor x = input(3), delta = delta_for(x);
  module->forward(x);
  module->zero_grad();
  module->backward_update_gradient(x, delta);
  std::vector<Tensor> once = gradients();
  module->backward_update_gradient(x, delta);
  for (std::size_t i = 0; i < once.size(); ++i)
    EXPECT_TRUE(close(gradients()[i], 2 * once[i], 100 * epsilon));
  module->zero_grad();
  for (const Tensor& g : gradients()) EXPECT_TRUE(same_bits(g, Tensor::zeros(g.shape())));
  module->backward_update_gradient(x, delta);
  expect_same(gradients(), once);
}

TEST_P(ModuleProperties, BackwardForAnotherXIsRightOrAnError) {
  const Tensor x = input(3), delta = delta_for(x);
  module->forward(x);
  module->zero_grad();
  const Tensor dx = module->backward(x, delta).clone();
  const std::vector<Tensor> expected = gradients();
  auto expect_right_or_error = [&](Module& other) {
    other.zero_grad();
    try {
      EXPECT_TRUE(same_bits(other.backward(x, delta), dx));
      expect_same(gradients(), expected);
    } catch (const ArgumentError&) {
      for (const Tensor& g : gradients()) EXPECT_TRUE(same_bits(g, Tensor::zeros(g.shape())));
    }
  };
  module->zero_grad();
  EXPECT_TRUE(same_bits(module->backward(x.clone(), delta), dx)) << "an equal x";
  module->forward(input(3, 1));
  expect_right_or_error(*module);
  module = module->clone();  // no forward yet
  expect_right_or_error(*module);
}

TEST_P(ModuleProperties, BackwardForAnXOfAnotherShapeIsRightOrAnError) {
  const Tensor x = input(3), delta = delta_for(x);
  module->forward(x);
  const Tensor dx = module->backward_delta(x, delta).clone();
  module->forward(input(4));
  try {
    EXPECT_TRUE(same_bits(module->backward_delta(x, delta), dx));
  } catch (const ShapeError& error) {
    EXPECT_TRUE(contains(error.what(), x.shape().to_string()) ||
                contains(error.what(), delta.shape().to_string()))
        << error.what();
  }
}

TEST_P(ModuleProperties, ABatchOfTwoIsTwoBatches) {
  if (differs_in_training(*module)) module->train(false);
  Tensor x = input(2), delta = delta_for(x);
  Tensor z = module->forward(x);
  module->zero_grad();
  Tensor dx = module->backward(x, delta);
  std::vector<Tensor> expected = gradients();
  module->zero_grad();
  for (Index i : {0, 1}) {
    Tensor xi = x.slice(0, i, i + 1), di = delta.slice(0, i, i + 1);
    EXPECT_TRUE(same_bits(module->forward(xi), z.slice(0, i, i + 1)));
    EXPECT_TRUE(same_bits(module->backward(xi, di), dx.slice(0, i, i + 1)));
  }
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(close(gradients()[i], expected[i], 100 * epsilon));
}

TEST_P(ModuleProperties, StridedIsContiguous) {
  Tensor x = input(3), delta = delta_for(x);
  Tensor z = module->forward(x);
  module->zero_grad();
  Tensor dx = module->backward(x, delta);
  std::vector<Tensor> expected = gradients();
  Tensor xs = scattered(x), ds = scattered(delta);
  EXPECT_TRUE(same_bits(module->forward(xs), z));
  module->zero_grad();
  EXPECT_TRUE(same_bits(module->backward(xs, ds), dx));
  expect_same(gradients(), expected);
  EXPECT_TRUE(same_bits(module->predict(xs), module->predict(x)));
}

TEST_P(ModuleProperties, PredictIsForward) {
  const Module& constant = *module;
  for (Index batch : {0, 1, 3}) {
    Tensor x = input(batch), z = module->forward(x);
    EXPECT_EQ(z.shape(), module->output_shape(x.shape()));
    if (!differs_in_training(*module)) {
      EXPECT_TRUE(same_bits(constant.predict(x), z));
    }
    module->train(false);
    EXPECT_TRUE(same_bits(constant.predict(x), module->forward(x)));
    module->train(true);
  }
}

TEST_P(ModuleProperties, PredictLeavesTheLastForwardAlone) {
  Tensor x = input(3), delta = delta_for(x);
  module->forward(x);
  Tensor expected = module->backward_delta(x, delta).clone();
  module->predict(input(4, 2));
  EXPECT_TRUE(same_bits(module->backward_delta(x, delta), expected));
}

TEST_P(ModuleProperties, EmptyBatch) {
  Tensor x = input(0), delta = delta_for(x);
  EXPECT_EQ(module->forward(x).shape(), delta.shape());
  module->zero_grad();
  EXPECT_EQ(module->backward(x, delta).shape(), x.shape());
  for (const Tensor& g : gradients()) EXPECT_TRUE(same_bits(g, Tensor::zeros(g.shape())));
}

TEST_P(ModuleProperties, InputsStayAsTheyAre) {
  Tensor x = input(3), delta = delta_for(x), x_before = x.clone(), delta_before = delta.clone();
  module->predict(x);
  module->forward(x);
  module->backward(x, delta);
  EXPECT_TRUE(same_bits(x, x_before));
  EXPECT_TRUE(same_bits(delta, delta_before));
}

TEST_P(ModuleProperties, KeptResultsNeverChange) {
  Tensor x = input(3), delta = delta_for(x);
  Tensor z = module->forward(x), dx = module->backward(x, delta);
  Tensor z_before = z.clone(), dx_before = dx.clone();
  for (double phase : {2.0, 3.0}) {
    Tensor other = input(3, phase);
    Tensor d = module->forward(other) * 3;
    module->backward(other, d);
    module->update_parameters(Scalar(0.1));
  }
  EXPECT_TRUE(same_bits(z, z_before));
  EXPECT_TRUE(same_bits(dx, dx_before));
}

TEST_P(ModuleProperties, BatchSizesMayAlternate) {
  for (Index batch : {4, 1, 3, 4}) {
    Tensor x = input(batch), delta = delta_for(x);
    Tensor z = module->forward(x);
    module->zero_grad();
    Tensor dx = module->backward(x, delta);
    std::unique_ptr<Module> fresh = GetParam().make();
    Rng rng(3);
    initialize(*fresh, rng, Init::uniform(-0.5, 0.5));
    EXPECT_TRUE(same_bits(z, fresh->forward(x)));
    EXPECT_TRUE(same_bits(dx, fresh->backward(x, delta)));
    for (std::size_t i = 0; i < fresh->parameters().size(); ++i)
      EXPECT_TRUE(same_bits(gradients()[i], fresh->parameters()[i]->grad));
  }
}

TEST_P(ModuleProperties, WrongDeltaChangesNothing) {
  Tensor x = input(3), delta = delta_for(x);
  module->forward(x);
  module->zero_grad();
  module->backward(x, delta);
  std::vector<Tensor> gradients_before = gradients(), weights_before = weights();
  if (GetParam().name == "Sequential" || GetParam().name == "AutoEncoder")
    GTEST_SKIP() << "these examples hold no layer that would say what is wrong";
  for (const Tensor& wrong : {delta_for(input(2)), delta.reshape({1, delta.numel()}), Tensor()}) {
    for (auto backward : {&Module::backward, &Module::backward_delta}) {
      std::string message = message_of<ShapeError>([&] { ((*module).*backward)(x, wrong); });
      EXPECT_TRUE(contains(message, wrong.shape().to_string())) << message;
    }
    if (!module->parameters().empty()) {
      EXPECT_THROW(module->backward_update_gradient(x, wrong), ShapeError);
    }
    expect_same(gradients(), gradients_before);
  }
  expect_same(weights(), weights_before);
}

TEST_P(ModuleProperties, AWrongInputIsNamedAndForgotten) {
  Tensor x = input(3), delta = delta_for(x);
  module->forward(x);
  Tensor dx = module->backward(x, delta).clone();
  for (const Shape& shape : {Shape{}, Shape{3, 77}, Shape{3, 1, 1, 1, 2}}) {
    Tensor wrong = Tensor::zeros(shape);
    try {
      module->output_shape(shape);
      continue;  // this layer takes it
    } catch (const ShapeError& error) {
      EXPECT_TRUE(contains(error.what(), ": expected ")) << error.what();
      EXPECT_TRUE(contains(error.what(), ", got (")) << error.what();
    }
    std::string message = message_of<ShapeError>([&] { module->forward(wrong); });
    EXPECT_TRUE(contains(message, ": expected ") && contains(message, ", got (")) << message;
    EXPECT_TRUE(contains(message, module->kind()) || module->kind() == "Sequential") << message;
    EXPECT_EQ(message_of<ShapeError>([&] { module->predict(wrong); }), message);
    EXPECT_TRUE(same_bits(module->backward_delta(x, delta), dx));
  }
}

TEST_P(ModuleProperties, BackwardBeforeForwardIsRefusedOrRight) {
  Tensor x = input(2), delta = delta_for(x);
  std::unique_ptr<Module> fresh = GetParam().make();
  Rng rng(3);
  initialize(*fresh, rng, Init::uniform(-0.5, 0.5));
  try {
    Tensor dx = fresh->backward_delta(x, delta);
    module->forward(x);
    EXPECT_TRUE(same_bits(dx, module->backward_delta(x, delta)));
  } catch (const ShapeError& error) {
    EXPECT_TRUE(contains(error.what(), delta.shape().to_string()) ||
                contains(error.what(), x.shape().to_string()))
        << error.what();
  }
}

TEST_P(ModuleProperties, UpdateIsAStepDownhill) {
  Tensor x = input(3);
  module->forward(x);
  module->zero_grad();
  module->backward(x, delta_for(x));
  std::vector<Tensor> before = weights(), slope = gradients();
  module->update_parameters(Scalar(0.5));
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_TRUE(same_bits(weights()[i], before[i] - Scalar(0.5) * slope[i]));
}

TEST_P(ModuleProperties, SecondStepAllocatesNothing) {
  if (!counts_allocations()) GTEST_SKIP() << "operator new is not ours here";
  Tensor x = input(6), delta = delta_for(x);
  auto step = [&] {
    module->forward(x);
    module->backward(x, delta);
    module->backward_update_gradient(x, delta);
  };
  step();
  long before = allocations();
  for (int i = 0; i < 3; ++i) step();
  EXPECT_EQ(allocations(), before);
}

TEST_P(ModuleProperties, NamesItsParameters) {
  std::vector<ParameterPtr> parameters;  // each once, also where several names share one
  Index count = 0;
  for (auto& [name, parameter] : module->named_parameters()) {
    EXPECT_TRUE(contains(name, parameter->name));
    EXPECT_EQ(parameter->value.shape(), parameter->grad.shape());
    if (std::find(parameters.begin(), parameters.end(), parameter) != parameters.end()) continue;
    parameters.push_back(parameter);
    count += parameter->value.numel();
  }
  EXPECT_EQ(parameters, module->parameters());
  EXPECT_EQ(module->parameter_count(), count);
  EXPECT_FALSE(module->describe().empty());
}

INSTANTIATE_TEST_SUITE_P(All, ModuleProperties, ::testing::ValuesIn(module_cases()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace nn::test
