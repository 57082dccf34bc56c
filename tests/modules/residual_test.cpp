#include "nn/modules/residual.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Residual, AddsWhatComesIn) {
  Residual layer{Sequential(Linear(3, 3), TanH())};
  Sequential inner{Linear(3, 3), TanH()};
  Tensor x = wave({4, 3}), delta = wave({4, 3}, 1);
  EXPECT_TRUE(same_bits(layer.forward(x), x + inner.forward(x)));
  EXPECT_TRUE(same_bits(layer.backward(x, delta), delta + inner.backward(x, delta)));
  EXPECT_TRUE(same_bits(layer.parameters()[0]->grad, inner.parameters()[0]->grad));
  EXPECT_EQ(layer.named_parameters()[0].first, "inner.0.weight");
}

TEST(Residual, TakesLayersOrANetwork) {
  Residual layers{Linear(3, 3), TanH()}, network{Sequential{Linear(3, 3), TanH()}}, one{TanH()};
  EXPECT_TRUE(same_bits(layers.forward(wave({4, 3})), network.forward(wave({4, 3}))));
  EXPECT_EQ(one.inner().size(), 1);
  Residual moved = std::move(layers), outer{Residual(Linear(3, 3)), TanH()};
  EXPECT_EQ(moved.inner().size(), 2);
  EXPECT_EQ(outer.inner().size(), 2);
}

TEST(Residual, OfNothingDoubles) {
  Residual layer{Sequential()};
  Tensor x = wave({2, 3}), delta = wave({2, 3}, 1);
  EXPECT_TRUE(same_bits(layer.forward(x), 2 * x));
  EXPECT_TRUE(same_bits(layer.backward(x, delta), 2 * delta));
}

TEST(Residual, NamesWhatDoesNotFit) {
  EXPECT_EQ(message_of<ShapeError>([] {
              Residual(Sequential(Linear(4, 3))).forward(wave({2, 4}));
            }),
            "Residual: expected an inner network that keeps (2, 4), got (2, 3)");
  EXPECT_EQ(message_of<ShapeError>([] {
              Residual(Sequential(Linear(4, 4))).forward(wave({2, 3}));
            }),
            "Residual, inner: layer 0, Linear(4, 4): expected (batch, 4), got (2, 3)");
}

}  // namespace
}  // namespace nn::test
