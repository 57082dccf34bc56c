#include "nn/train/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "nn/core/error.hpp"
#include "nn/train/reduce_on_plateau.hpp"

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

TEST(Schedule, ExponentialFallsByTheFactorEveryIteration) {
  nn::Schedule lr = nn::exponential(2, 0.5);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(lr(i), std::ldexp(2, -i)) << i;
}

TEST(Schedule, OneCycleRisesToItsLargestAndStaysAtItsLast) {
  nn::Schedule lr = nn::one_cycle(1, 10);
  EXPECT_NEAR(lr(0), 0.04, 1e-15);
  EXPECT_DOUBLE_EQ(lr(2), 1);
  EXPECT_NEAR(lr(9), 4e-6, 1e-15);
  EXPECT_EQ(lr(10), lr(9));
  EXPECT_EQ(lr(std::numeric_limits<nn::Index>::max()), lr(9));
  EXPECT_NEAR(nn::one_cycle(1, 1)(0), 4e-6, 1e-15);
  EXPECT_DOUBLE_EQ(nn::one_cycle(1, 4, {.pct_start = 0.25})(0), 1);  // no rise
  EXPECT_DOUBLE_EQ(nn::one_cycle(1, 4, {.pct_start = 1})(3), 1);     // no fall
  EXPECT_THROW(nn::one_cycle(1, 0), nn::ArgumentError);
  EXPECT_THROW(nn::one_cycle(1, 5, {.pct_start = 1.5}), nn::ArgumentError);
  EXPECT_THROW(nn::one_cycle(1, 5, {.div_factor = 0}), nn::ArgumentError);
  EXPECT_THROW(nn::one_cycle(1, 5, {.final_div_factor = NAN}), nn::ArgumentError);
}

TEST(ReduceOnPlateau, ReducesAfterMoreThanPatienceLossesThatAreNoBetter) {
  nn::ReduceOnPlateau plateau(1, {.factor = 0.5, .patience = 1});
  const double losses[] = {5, 4, 4, INFINITY, 4, 3.9, 3.9, 3.9},
               lrs[] = {1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25};
  for (int i = 0; i < 8; ++i) EXPECT_EQ(plateau.step(losses[i]), lrs[i]) << i;
  EXPECT_EQ(plateau.lr(), 0.25);
  EXPECT_THROW(plateau.step(NAN), nn::ArgumentError);
  EXPECT_EQ(plateau.lr(), 0.25);
}

TEST(ReduceOnPlateau, RefusesOptionsWithoutMeaning) {
  EXPECT_THROW(nn::ReduceOnPlateau(-1), nn::ArgumentError);
  EXPECT_THROW(nn::ReduceOnPlateau(1, {.factor = 1}), nn::ArgumentError);
  EXPECT_THROW(nn::ReduceOnPlateau(1, {.patience = -1}), nn::ArgumentError);
  EXPECT_THROW(nn::ReduceOnPlateau(1, {.threshold = NAN}), nn::ArgumentError);
  EXPECT_THROW(nn::ReduceOnPlateau(1, {.cooldown = -1}), nn::ArgumentError);
  EXPECT_THROW(nn::ReduceOnPlateau(1, {.min_lr = -1}), nn::ArgumentError);
}

TEST(ReduceOnPlateau, GoesOnFromItsState) {
  nn::ReduceOnPlateau a(0.1, {.patience = 2, .cooldown = 1}),
      b(0.1, {.patience = 2, .cooldown = 1});
  for (const double loss : {1.0, 0.5, 0.6, 0.6}) a.step(loss);
  b.set_state(a.state());
  for (const double loss : {0.7, 0.7, 0.4, 0.9, 0.9, 0.9}) EXPECT_EQ(a.step(loss), b.step(loss));
  const std::string state = a.state();
  for (const std::string bad : {"", "1 2 3", "0.1 inf 0 0 0", "nan 1 0 0", "0.1 nan 0 0",
                                "0.1 1 -1 0", "0.1 1 3 0", "0.1 1 0 2", "0.1 1 0 x"}) {
    EXPECT_THROW(a.set_state(bad), nn::DataError) << bad;
    EXPECT_EQ(a.state(), state);
  }
}

TEST(Schedule, ANegativeIterationIsAnError) {
  const nn::Schedule schedules[] = {nn::step_wise(1, 3), nn::cosine(1, 4, 2), nn::cosine(1, 4),
                                    nn::exponential(1, 0.9), nn::one_cycle(1, 4)};
  for (const nn::Schedule& lr : schedules)
    for (nn::Index iteration : {nn::Index{-1}, std::numeric_limits<nn::Index>::min()})
      EXPECT_THROW(lr(iteration), nn::ArgumentError);
}

}  // namespace
