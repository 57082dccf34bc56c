#include "nn/modules/parallel.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Parallel, ConcatenatesTheLastDimension) {
  Parallel layer(Join::concatenate, Sequential(), Sequential());
  Tensor x = tensor({{{1, 2}, {3, 4}}});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{{1, 2, 1, 2}, {3, 4, 3, 4}}})));
  Tensor delta = tensor({{{1, 2, 10, 20}, {3, 4, 30, 40}}});
  EXPECT_TRUE(same_bits(layer.backward(x, delta), tensor({{{11, 22}, {33, 44}}})));
}

TEST(Parallel, AddsInTheOrderOfTheBranches) {
  Parallel layer(Join::add, Sequential(Linear(3, 2)), Sequential(Linear(3, 2, false)),
                 Sequential(Linear(3, 2)));
  Tensor x = wave({4, 3}), delta = wave({4, 2}, 1);
  Linear first(3, 2), second(3, 2, false);
  const Tensor a = first.forward(x), b = second.forward(x);
  EXPECT_TRUE(same_bits(layer.forward(x), (a + b) + a));
  const Tensor da = first.backward(x, delta), db = second.backward(x, delta);
  EXPECT_TRUE(same_bits(layer.backward(x, delta), (da + db) + da));
  EXPECT_TRUE(same_bits(layer[2].parameters()[0]->grad, first.parameters()[0]->grad));
}

TEST(Parallel, OneBranchIsThatBranch) {
  for (Join join : {Join::concatenate, Join::add}) {
    Parallel layer(join, Sequential(Linear(3, 2)));
    Linear alone(3, 2);
    Tensor x = wave({4, 3}), delta = wave({4, 2}, 1);
    EXPECT_TRUE(same_bits(layer.forward(x), alone.forward(x)));
    EXPECT_TRUE(close(layer.backward(x, delta), alone.backward(x, delta), 0));
  }
}

TEST(Parallel, NamesItsParts) {
  Parallel layer(Join::add, Sequential(Linear(3, 2)), Sequential(Flatten(), Linear(3, 2)));
  std::vector<std::string> names;
  for (auto& [name, parameter] : layer.named_parameters()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"0.0.weight", "0.0.bias", "1.1.weight", "1.1.bias"}));
  EXPECT_EQ(layer.describe(), "Parallel(add=true)");
  EXPECT_EQ(layer.clone()->named_parameters()[2].first, "1.1.weight");
  EXPECT_THROW(layer[2], RangeError);
}

TEST(Parallel, NamesWhatDoesNotFit) {
  const Tensor x = wave({2, 3});
  auto message = [&](Parallel layer) { return message_of<ShapeError>([&] { layer.forward(x); }); };
  EXPECT_EQ(message(Parallel(Join::add)),
            "Parallel(add=true): expected at least one branch, got (2, 3)");
  EXPECT_EQ(message(Parallel(Join::add, Sequential(), Sequential(Linear(3, 2)))),
            "Parallel(add=true): expected branches with one output, (2, 3), got (2, 2)");
  EXPECT_EQ(message(Parallel(Join::concatenate, Sequential(), Sequential(Linear(4, 2)))),
            "Parallel, branch 1: layer 0, Linear(4, 2): expected (batch, 4), got (2, 3)");
  Parallel images(Join::concatenate, Sequential(), Sequential(Flatten()));
  EXPECT_TRUE(contains(message_of<ShapeError>([&] {
                         images.forward(wave({2, 3, 4}));
                       }),
                       "got (2, 12)"));
}

}  // namespace
}  // namespace nn::test
