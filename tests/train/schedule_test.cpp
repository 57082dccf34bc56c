#include "nn/train/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "nn/core/error.hpp"

namespace {

TEST(Schedule, Constant) {
  nn::Schedule lr = nn::constant(0.3);
  EXPECT_EQ(lr(0), 0.3);
  EXPECT_EQ(lr(1000000), 0.3);
}

TEST(Schedule, StepWiseFallsByTheFactorEveryFewIterations) {
  nn::Schedule lr = nn::step_wise(1, 3, 0.5);
  double expected[] = {1, 1, 1, 0.5, 0.5, 0.5, 0.25};
  for (int i = 0; i < 7; ++i) EXPECT_EQ(lr(i), expected[i]) << i;
  EXPECT_THROW(nn::step_wise(1, 0), nn::ArgumentError);
  EXPECT_EQ(nn::step_wise(1, 1, 0.9999)(std::numeric_limits<nn::Index>::max()), 0);  // at once
}

TEST(Schedule, CosineWarmsUpAndFallsToItsLastValue) {
  nn::Schedule lr = nn::cosine(2, 14, 4, 0.5);
  for (int i = 0; i < 4; ++i) EXPECT_DOUBLE_EQ(lr(i), 0.5 * (i + 1));
  for (int i = 4; i <= 14; ++i)
    EXPECT_NEAR(lr(i), 0.5 + 1.5 * (1 + std::cos(std::numbers::pi * (i - 4) / 10)) / 2, 1e-14) << i;
  EXPECT_EQ(lr(15), 0.5);
  EXPECT_THROW(nn::cosine(1, 4, 4), nn::ArgumentError);
  EXPECT_THROW(nn::cosine(1, 4, -1), nn::ArgumentError);
}

TEST(Schedule, ANegativeIterationIsAnError) {
  const nn::Schedule schedules[] = {nn::step_wise(1, 3), nn::cosine(1, 4, 2), nn::cosine(1, 4)};
  for (const nn::Schedule& lr : schedules)
    for (nn::Index iteration : {nn::Index{-1}, std::numeric_limits<nn::Index>::min()})
      EXPECT_THROW(lr(iteration), nn::ArgumentError);
}

}  // namespace
