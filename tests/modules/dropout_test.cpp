#include "nn/modules/dropout.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/optim.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"

namespace nn::test { namespace {

/// The definition in dropout.hpp, by philox4x32() alone.
Tensor factors_by_definition(const Shape& shape, double p, const RandomKey& key) {
  Tensor factors(shape);
  const Index n = shape.example_numel();
  for (Index i = 0; i < factors.numel(); ++i) {
    const Index row = i / n + key.first_row, e = i % n;
    const auto counter = static_cast<std::uint32_t>(e / 32 * 8 + e % 8);
    const std::uint32_t word = philox4x32({counter, 0, static_cast<std::uint32_t>(row), 0},
                                          key.philox())[static_cast<std::size_t>(e % 32 / 8)];
    factors.data()[i] = word < p * 0x1p32 ? 0 : static_cast<Scalar>(1 / (1 - p));
  }
  return factors;
}

TEST(Dropout, DropsWhatItsDefinitionSays) {
  for (double p : {0.0, 0.25, 0.5, 0.9})
    for (Index n : {1, 7, 8, 31, 32, 33, 100}) {
      Sequential net{Dropout(0.5), Dropout(p)};
      net.set_random(7, 9, 3);
      const Tensor ones = Tensor::ones({5, n});
      net[0].train(false);
      EXPECT_TRUE(same_bits(net.forward(ones), factors_by_definition({5, n}, p, {7, 9, 1, 3})));
    }
}

TEST(Dropout, KeepsTheMeanAndDropsTheShare) {
  Dropout layer(0.3);
  const Tensor z = layer.forward(Tensor::ones({100, 1000}));
  Index dropped = 0;
  for (Index i = 0; i < z.numel(); ++i) dropped += z.data()[i] == 0;
  // One deviation is 0.00145 and 0.0021.
  EXPECT_NEAR(static_cast<double>(dropped) / 1e5, 0.3, 0.006);
  EXPECT_NEAR(mean(z), 1, 0.009);
}

TEST(Dropout, SeedStepRowAndLayerMatterThreadsDoNot) {
  const Tensor x = Tensor::ones({64, 300});
  auto masks = [&](std::uint64_t seed, std::uint64_t step, Index row, int threads) {
    const Threads set(threads);
    Sequential net{Dropout()};
    net.set_random(seed, step, row);
    return net.forward(x);
  };
  const Tensor z = masks(1, 2, 0, 1);
  EXPECT_TRUE(same_bits(masks(1, 2, 0, 4), z));
  EXPECT_FALSE(equal(masks(2, 2, 0, 1), z));
  EXPECT_FALSE(equal(masks(1, 3, 0, 1), z));
  EXPECT_TRUE(same_bits(masks(1, 2, 10, 1).slice(0, 0, 54), z.slice(0, 10, 64)));
  Sequential two{Dropout(), Dropout()};
  two.set_random(1, 2);
  two[1].train(false);
  const Tensor first = two.forward(x).clone();
  two[1].train(true);
  two[0].train(false);
  EXPECT_FALSE(equal(two.forward(x), first)) << "two layers share a mask";
}

TEST(Dropout, StepsOfAnOptimDropOtherElements) {
  auto costs = [](std::uint64_t seed) {
    Dropout layer;
    MSELoss loss;
    Optim optim(layer, loss, 0);
    optim.set_seed(seed);
    const Tensor x = wave({8, 20}), y = Tensor::zeros({8, 20});
    return std::pair{optim.step(x, y), optim.step(x, y)};
  };
  EXPECT_EQ(costs(1), costs(1));
  EXPECT_NE(costs(1), costs(2));
  EXPECT_NE(costs(1).first, costs(1).second);
}

TEST(Dropout, IsTheIdentityInUse) {
  Dropout layer;
  const Tensor x = wave({3, 4});
  EXPECT_TRUE(same_bits(layer.predict(x), x));
  layer.train(false);
  EXPECT_TRUE(same_bits(layer.forward(x), x));
  EXPECT_TRUE(same_bits(layer.backward_delta(x, x), x));
}

TEST(Dropout, RefusesWhatIsNoProbability) {
  for (double p : {-0.1, 1.1, std::nan("")}) EXPECT_THROW(Dropout layer(p), ArgumentError);
}

}}  // namespace nn::test
