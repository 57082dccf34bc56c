#include "nn/train/best_parameters.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

TEST(BestParameters, KeepsThoseOfTheLowestLoss) {
  Linear net(2, 3);
  Tensor weight = net.weight()->value;
  BestParameters best(net);
  EXPECT_EQ(best.loss(), INFINITY);
  weight.fill(1);
  EXPECT_TRUE(best.offer(5));
  weight.fill(2);
  EXPECT_TRUE(best.offer(3));
  weight.fill(3);
  EXPECT_FALSE(best.offer(3));
  EXPECT_FALSE(best.offer(4));
  EXPECT_FALSE(best.offer(NAN));
  EXPECT_FALSE(best.offer(INFINITY));
  EXPECT_EQ(best.loss(), 3);
  EXPECT_EQ(weight(0, 0), 3);
  best.restore();
  EXPECT_TRUE(same_bits(net.weight()->value, Tensor::full({2, 3}, 2)));
  EXPECT_TRUE(may_overlap(weight, net.weight()->value));  // the values, not another tensor
  weight.fill(9);
  best.restore();
  EXPECT_EQ(weight(1, 2), 2);
}

TEST(BestParameters, WithoutAnyLeavesTheNetworkAsItIs) {
  Linear net(2, 1);
  Tensor before = net.weight()->value.clone();
  BestParameters best(net);
  best.offer(NAN);
  best.restore();
  EXPECT_TRUE(same_bits(net.weight()->value, before));
}

TEST(BestParameters, RefuseANetworkThatHasOthersByNow) {
  Sequential net{Linear(1, 1)};
  BestParameters best(net);
  best.offer(1);
  for (Index size : {1, 3}) {
    net = Sequential{Linear(size, size)};
    const Tensor before = net.parameters()[0]->value.clone();
    EXPECT_THROW(best.restore(), ArgumentError);
    EXPECT_TRUE(same_bits(net.parameters()[0]->value, before));
  }
}

}  // namespace
}  // namespace nn::test
