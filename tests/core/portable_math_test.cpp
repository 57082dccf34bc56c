#include "core/portable_math.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using nn::detail::portable_exp;
using nn::detail::portable_log;

TEST(PortableExp, IsNearTheCLibrarys) {
  EXPECT_EQ(portable_exp(0), 1);
  EXPECT_EQ(portable_exp(-709), 0);
  EXPECT_EQ(portable_exp(-INFINITY), 0);
  for (double x = 0; x > -708; x -= 0.0371) {
    const double expected = std::exp(x);
    ASSERT_NEAR(portable_exp(x), expected, 1e-15 * expected) << x;
  }
}

TEST(PortableLog, IsNearTheCLibrarys) {
  EXPECT_EQ(portable_log(1), 0);
  for (double x = 1e-300; x < 1e300; x *= 1.37) {
    const double expected = std::log(x);
    ASSERT_NEAR(portable_log(x), expected, 4e-16 * (1 + std::abs(expected))) << x;
  }
}

}  // namespace
