#include "unsupervised/embedding/quad_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/compare.hpp"
#include "support/sample.hpp"

namespace {

using nn::Index;
using nn::Scalar;

TEST(QuadTree, MassesAddUpToAllPoints) {
  const nn::Tensor xy = nn::test::wave({333, 2});
  nn::detail::QuadTree tree;
  tree.build(xy.data(), 333);
  std::vector<std::int32_t> order = tree.order;
  std::sort(order.begin(), order.end());
  for (std::int32_t i = 0; i < 333; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  for (Scalar angle : {Scalar{0}, static_cast<Scalar>(0.5), Scalar{2}, Scalar{1e9}}) {
    nn::detail::PointMasses masses(333);
    const Index place = tree.summarize(100, 116, angle, masses);
    for (Index i = 0; i < 16; ++i) {  // the points themselves are listed one by one
      EXPECT_EQ(masses.weight()[place + i], 1);
      EXPECT_EQ(masses.x()[place + i], tree.x[static_cast<std::size_t>(100 + i)]);
      EXPECT_EQ(masses.y()[place + i], tree.y[static_cast<std::size_t>(100 + i)]);
    }
    double weight = 0, x = 0;
    for (Index j = 0; j < masses.size(); ++j) {
      weight += masses.weight()[j];
      x += masses.weight()[j] * masses.x()[j];
    }
    double expected = 0;
    for (Index i = 0; i < 333; ++i) expected += xy(i, 0);
    EXPECT_EQ(weight, 333);
    EXPECT_NEAR(x, expected, 1000 * nn::test::epsilon);
    if (angle == 0)
      EXPECT_EQ(masses.size(), 333);
    else
      EXPECT_LT(masses.size(), 200);
  }
}

TEST(QuadTree, OfEqualPoints) {
  const nn::Tensor xy = nn::Tensor::ones({100, 2});
  nn::detail::QuadTree tree;
  tree.build(xy.data(), 100);
  nn::detail::PointMasses masses(100);
  tree.summarize(0, 16, static_cast<Scalar>(0.5), masses);
  EXPECT_EQ(masses.size(), 100);
}

}  // namespace
