#include "nn/modules/module.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/kinds.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/modules/two_directions.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/module_cases.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

/// A module of the user's: two layers in parallel, a gain, and a number of forwards that is kept.
class Block : public Module {
 public:
  Block() {
    gain_->value.fill(2);
    count_.fill(0);
  }
  Tensor forward(const Tensor& x) override {
    count_(0) += 1;
    return (left.forward(x) + right.forward(x)) * gain_->value(0);
  }
  Tensor predict(const Tensor& x) const override {
    return (left.predict(x) + right.predict(x)) * gain_->value(0);
  }
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override {
    const Tensor d = delta * gain_->value(0);
    return left.backward_delta(x, d) + right.backward_delta(x, d);
  }
  Shape output_shape(const Shape& input) const override { return left.output_shape(input); }
  std::string kind() const override { return "Block"; }
  void visit(Visitor& visitor) override {
    visitor.part("left", left);
    visitor.parameter(gain_);
    visitor.buffer("count", count_);
    visitor.part("right", right);
  }

  Linear left{3, 3}, right{3, 3, false};

 private:
  ParameterPtr gain_ = make_parameter(ParameterKind::gain, {1}, 1, 1, "gain");
  Tensor count_ = Tensor(Shape{1});
};

std::vector<std::string> names_of(const auto& named) {
  std::vector<std::string> names;
  for (const auto& [name, held] : named) names.push_back(name);
  return names;
}

TEST(Module, AllThatItHoldsIsFoundByVisiting) {
  Sequential net{Linear(3, 3), Block()};
  EXPECT_EQ(names_of(net.named_parameters()),
            (std::vector<std::string>{"0.weight", "0.bias", "1.left.weight", "1.left.bias",
                                      "1.gain", "1.right.weight"}));
  EXPECT_EQ(names_of(net.named_buffers()), std::vector<std::string>{"1.count"});
  EXPECT_EQ(net.parameter_count(), 12 + 12 + 1 + 9);
  for (const ParameterPtr& p : net.parameters()) p->grad.fill(1);
  net.zero_grad();
  for (const ParameterPtr& p : net.parameters()) EXPECT_EQ(norm(p->grad), 0);
  net.train(false);
  EXPECT_FALSE(net.at<Block>(1).right.is_training());
}

TEST(Module, AReplacedPartIsThePart) {
  Block block;
  block.left = Linear(3, 3, false);
  EXPECT_EQ(block.parameter_count(), 9 + 1 + 9);
  EXPECT_EQ(block.parameters()[0], block.left.weight());
}

TEST(Module, InitialisersGoByKind) {
  Sequential net{Block()};
  Rng rng(1);
  initialize(net, rng, Init::he_normal());
  const auto parameters = net.parameters();
  EXPECT_NE(norm(parameters[0]->value), 0);        // a weight is drawn,
  EXPECT_EQ(norm(parameters[1]->value), 0);        // a bias starts at 0,
  EXPECT_EQ(parameters[2]->value(0), 1);           // a gain at 1,
  EXPECT_EQ(net.named_buffers()[0].second(0), 0);  // and a buffer is left alone
  initialize(net, rng, Init::uniform(5, 6));
  EXPECT_EQ(parameters[2]->value(0), 1);
}

/// Names one part twice.
class TwoNames : public Block {
 public:
  void visit(Visitor& visitor) override {
    visitor.part("a", left);
    visitor.part("b", left);
  }
};

/// Names itself.
class Loop : public Block {
 public:
  void visit(Visitor& visitor) override { visitor.part("self", *this); }
};

TEST(Module, APartThatIsMetTwiceIsAnError) {
  EXPECT_TRUE(contains(message_of<ArgumentError>([] { TwoNames().parameters(); }), "Linear(3, 3)"));
  EXPECT_THROW(Sequential{TwoNames()}.zero_grad(), ArgumentError);
  EXPECT_THROW(Loop().parameters(), ArgumentError);
}

/// What a moved-from module does must be an error, or what it did before.
void expect_usable_or_error(Module& module, const Tensor& x, const Tensor& expected) {
  try {
    EXPECT_TRUE(same_bits(module.predict(x), expected)) << module.describe();
  } catch (const ArgumentError&) {
  }
  try {
    EXPECT_TRUE(same_bits(module.forward(x), expected)) << module.describe();
    module.backward(x, expected);
  } catch (const ArgumentError&) {
  }
}

template <class M>
void expect_error_after_move(M module, const Shape& input) {
  const Tensor x = wave(input);
  const Tensor z = module.forward(x).clone();
  M moved = std::move(module);
  EXPECT_THROW(module.forward(x), ArgumentError);
  EXPECT_THROW(module.predict(x), ArgumentError);
  EXPECT_THROW(module.output_shape(input), ArgumentError);
  EXPECT_THROW(module.backward(x, z), ArgumentError);
  EXPECT_THROW(module.backward_delta(x, z), ArgumentError);
  EXPECT_THROW(module.backward_update_gradient(x, z), ArgumentError);
  EXPECT_THROW(module.parameters(), ArgumentError);
  EXPECT_THROW(module.zero_grad(), ArgumentError);
  EXPECT_TRUE(same_bits(moved.predict(x), z));
  module = std::move(moved);  // may be assigned to
  EXPECT_TRUE(same_bits(module.predict(x), z));
}

TEST(Module, UseAfterAMoveIsAnError) {
  expect_error_after_move(Linear(3, 2), {4, 3});
  expect_error_after_move(TiedLinear(Linear(2, 3)), {4, 3});
  expect_error_after_move(Conv1D(2, 1, 2), {2, 5, 1});
  expect_error_after_move(Conv2D(2, 1, 2), {2, 3, 3, 1});
  expect_error_after_move(Sequential(Linear(3, 2)), {4, 3});
  expect_error_after_move(Sequential(), {4, 3});
  expect_error_after_move(AutoEncoder(Sequential(Linear(3, 2)), Sequential(Linear(2, 3))), {4, 3});
  expect_error_after_move(TwoDirections(Sequential(), Sequential()), {2, 4, 3});
  TanH a;
  const Tensor x = wave({2, 3}), z = a.forward(x);
  TanH b = std::move(a);
  expect_usable_or_error(a, x, z);
}

TEST(Clone, HasItsOwnParametersAndTheirTies) {
  Linear encoder(5, 3);
  TiedLinear decoder(encoder);
  AutoEncoder net(Sequential(std::move(encoder), TanH()), Sequential(std::move(decoder)));
  net.train(false);
  const Tensor x = wave({4, 5}), z = net.predict(x).clone();
  const std::unique_ptr<Module> copy = net.clone();
  EXPECT_TRUE(same_bits(copy->predict(x), z));
  EXPECT_FALSE(copy->is_training());
  ASSERT_EQ(copy->parameters().size(), 3u);
  ASSERT_EQ(copy->named_parameters().size(), 4u);
  for (const ParameterPtr& p : copy->parameters()) p->value.fill(1);
  EXPECT_TRUE(same_bits(net.predict(x), z));
  EXPECT_EQ(copy->named_parameters()[0].second, copy->named_parameters()[2].second);
}

TEST(Clone, OfAUsersModuleNeedsItsRow) {
  const Sequential net{Block()};
  EXPECT_TRUE(contains(message_of<ArgumentError>([&] { net.clone(); }), "Block"));
  register_module({"Block", {}, {2, 3}, [](const Options&, Parts& parts) {
                     auto block = std::make_unique<Block>();
                     if (parts.empty()) return std::unique_ptr<Module>(std::move(block));
                     block->left = std::move(dynamic_cast<Linear&>(*parts[0].second));
                     block->right = std::move(dynamic_cast<Linear&>(*parts[1].second));
                     return std::unique_ptr<Module>(std::move(block));
                   }});
  EXPECT_THROW(register_module({"Block", {}, {2, 3}, nullptr}), ArgumentError);
  net.named_buffers()[0].second(0) = 7;
  const auto copy = net.clone();
  EXPECT_TRUE(same_bits(copy->predict(wave({2, 3})), net.predict(wave({2, 3}))));
  EXPECT_EQ(copy->named_buffers()[0].second(0), 7);
  copy->named_buffers()[0].second(0) = 8;
  EXPECT_EQ(net.named_buffers()[0].second(0), 7);
}

TEST(Clone, OfASubclassThatSaysItIsItsBaseIsAnError) {
  struct Named : Sequential {
    using Sequential::Sequential;
  };
  EXPECT_THROW(Named(Linear(3, 2), TanH()).clone(), ArgumentError);
}

TEST(Clone, OfEveryNetworkOfThePropertyTests) {
  for (const ModuleCase& tested : module_cases()) {
    const auto module = tested.make();
    const auto copy = module->clone();
    EXPECT_EQ(copy->describe(), module->describe());
    const Tensor x = tested.input(3);
    EXPECT_TRUE(same_bits(copy->predict(x), module->predict(x))) << tested.name;
    const auto ours = module->parameters(), theirs = copy->parameters();
    ASSERT_EQ(ours.size(), theirs.size()) << tested.name;
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NE(ours[i], theirs[i]) << tested.name;
  }
}

TEST(Kinds, BuildWhatTheyDescribe) {
  for (const ModuleKind& kind : module_kinds()) {
    const auto module = build_module(kind.name, kind.options);
    EXPECT_EQ(module->kind(), kind.name);
    const auto again = build_module(kind.name, module->options());
    EXPECT_EQ(again->describe(), module->describe());
    const Tensor x = Tensor::ones(kind.input);
    EXPECT_TRUE(same_bits(again->predict(x), module->predict(x)));
  }
}

TEST(Kinds, RefuseWhatTheyDoNotKnow) {
  const Option in("in", Index{3});
  EXPECT_THROW(build_module("Liner", {}), ArgumentError);
  EXPECT_TRUE(contains(message_of<ArgumentError>([&] { build_module("Linear", {in}); }), "out"));
  EXPECT_THROW(build_module("Linear", {in, {"out", 0.5}}), ArgumentError);
  const Option out("out", Index{2});
  EXPECT_THROW(build_module("Linear", {in, out, {"bais", false}}), ArgumentError);
  EXPECT_THROW(build_module("Linear", {in, in, out}), ArgumentError);
  EXPECT_THROW(register_module({"Nothing", {}, {2}, nullptr}), ArgumentError);
  EXPECT_THROW(build_module("Linear", {in, {"out", Index{0}}}), ArgumentError);
  EXPECT_THROW(build_module("Reshape", {{"shape", true}}), ArgumentError);
  EXPECT_THROW(build_module("Conv2D", {{"kernel", Shape{1, 2, 3}}}), ArgumentError);
  Parts parts;
  parts.emplace_back("encoder", std::make_unique<Linear>(2, 2));
  EXPECT_THROW(build_module("AutoEncoder", {}, std::move(parts)), ArgumentError);
  Parts one;
  one.emplace_back("part", std::make_unique<TanH>());
  EXPECT_THROW(build_module("TanH", {}, std::move(one)), ArgumentError);
}

}  // namespace
}  // namespace nn::test
