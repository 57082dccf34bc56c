#include "onnx/formula.hpp"

#include <gtest/gtest.h>

namespace nn::test { namespace {

using detail::onnx::Formula;
using detail::onnx::match;

TEST(Formula, HasOneWayOfWriting) {
  const Formula x = Formula::x(), two = Formula::number(2), half = Formula::number(0.5);
  const Formula f = Formula::call("f", {x + Formula::number(1)});
  EXPECT_EQ((x * two).text(), "2*x");
  EXPECT_EQ((two * x * x).text(), (x * (x * two)).text());
  EXPECT_EQ((x * half * (f + two)).text(), "0.5*(2+f(1+x))*x");
  EXPECT_EQ((f + two + x).text(), (x + (two + f)).text());
  EXPECT_EQ((x * two.inverse()).text(), "0.5*x");
  EXPECT_EQ((two * f.inverse()).text(), "2*/f(1+x)");
  EXPECT_EQ((two + half).text(), "2.5");
}

TEST(Formula, IsMatchedWithNumbers) {
  EXPECT_TRUE(match("0.70710677*x", "0.7071068*x"));
  EXPECT_FALSE(match("0.71*x", "0.7071068*x"));
  EXPECT_FALSE(match("2*x", "2*x*x"));
  EXPECT_FALSE(match("2*x*x", "2*x"));
  EXPECT_FALSE(match("x", "#*x"));
  EXPECT_EQ(match("3*f(-0.25*x)", "#*f(#*x)"), (std::vector<double>{3, -0.25}));
}

}}  // namespace nn::test
