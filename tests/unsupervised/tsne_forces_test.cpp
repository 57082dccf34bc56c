#include "unsupervised/tsne_forces.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

#include "support/compare.hpp"
#include "support/sample.hpp"
#include "unsupervised/quad_tree.hpp"

namespace {

using nn::Index;
using nn::Scalar;
using nn::detail::kForceLanes;
using Eight = std::array<Scalar, kForceLanes>;

struct Repulsion {
  Eight fx, fy, total;
};

Repulsion repel(const nn::detail::ForceTable& table, const nn::Tensor& masses, const Eight& x,
                const Eight& y) {
  Repulsion r;
  table.repel({masses.data(), masses.data() + masses.size(1), masses.data() + 2 * masses.size(1),
               masses.size(1)},
              x.data(), y.data(), r.fx.data(), r.fy.data(), r.total.data());
  return r;
}

Eight eight(double phase) {
  const nn::Tensor values = nn::test::wave({kForceLanes}, phase);
  Eight result;
  std::copy_n(values.data(), kForceLanes, result.begin());
  return result;
}

TEST(TsneForces, RepulsionIsItsFormula) {
  const nn::Tensor masses = nn::test::wave({3, 37});
  const Eight x = eight(1), y = eight(2);
  const Repulsion r = repel(nn::detail::force_table(), masses, x, y);
  for (std::size_t lane = 0; lane < kForceLanes; ++lane) {
    double fx = 0, fy = 0, total = 0;
    for (Index j = 0; j < 37; ++j) {
      const double dx = static_cast<double>(x[lane]) - masses(0, j);
      const double dy = static_cast<double>(y[lane]) - masses(1, j);
      const double w = 1 / (1 + dx * dx + dy * dy);
      total += masses(2, j) * w;
      fx += masses(2, j) * w * w * dx;
      fy += masses(2, j) * w * w * dy;
    }
    EXPECT_NEAR(r.fx[lane], fx, 20 * nn::test::epsilon);
    EXPECT_NEAR(r.fy[lane], fy, 20 * nn::test::epsilon);
    EXPECT_NEAR(r.total[lane], total, 20 * nn::test::epsilon);
  }
}

TEST(TsneForces, AttractionIsItsFormula) {
  const nn::Tensor xy = nn::test::wave({40, 2}), p = nn::test::wave({24}, 3);
  std::vector<std::int32_t> column;
  for (std::int32_t j = 0; j < 24; ++j) column.push_back(j * 7 % 40);
  Scalar force[2];
  nn::detail::force_table().attract(24, p.data(), column.data(), xy.data(), xy(5, 0), xy(5, 1),
                                    force);
  double expected[2] = {};
  for (Index j = 0; j < 24; ++j) {
    const Index other = column[static_cast<std::size_t>(j)];
    const double dx = static_cast<double>(xy(5, 0)) - xy(other, 0);
    const double dy = static_cast<double>(xy(5, 1)) - xy(other, 1);
    expected[0] += p(j) / (1 + dx * dx + dy * dy) * dx;
    expected[1] += p(j) / (1 + dx * dx + dy * dy) * dy;
  }
  EXPECT_NEAR(force[0], expected[0], 20 * nn::test::epsilon);
  EXPECT_NEAR(force[1], expected[1], 20 * nn::test::epsilon);
}

TEST(TsneForces, EveryInstructionSetGivesTheSameBits) {
  const nn::Tensor masses = nn::test::wave({3, 501}), xy = nn::test::wave({100, 2}),
                   p = nn::test::wave({96}, 3);
  std::vector<std::int32_t> column;
  for (std::int32_t j = 0; j < 96; ++j) column.push_back(j * 7 % 100);
  const auto &best = nn::detail::force_table(), &portable = nn::detail::portable_force_table();
  const Repulsion a = repel(best, masses, eight(1), eight(2)),
                  b = repel(portable, masses, eight(1), eight(2));
  EXPECT_EQ(std::memcmp(&a, &b, sizeof a), 0);
  Scalar fa[2], fb[2];
  best.attract(96, p.data(), column.data(), xy.data(), 1, 2, fa);
  portable.attract(96, p.data(), column.data(), xy.data(), 1, 2, fb);
  EXPECT_EQ(std::memcmp(fa, fb, sizeof fa), 0);
}

TEST(QuadTree, MassesAddUpToAllPoints) {
  const nn::Tensor xy = nn::test::wave({333, 2});
  nn::detail::QuadTree tree;
  tree.build(xy.data(), 333);
  std::vector<std::int32_t> order = tree.order;
  std::sort(order.begin(), order.end());
  for (std::int32_t i = 0; i < 333; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  for (Scalar angle : {Scalar{0}, static_cast<Scalar>(0.5), Scalar{2}}) {
    nn::detail::PointMasses masses(333);
    tree.summarize(100, 116, angle, masses);
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
