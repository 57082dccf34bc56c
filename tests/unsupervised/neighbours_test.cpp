#include "unsupervised/neighbours.hpp"

#include <gtest/gtest.h>

#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace {

using nn::Index;
using nn::Tensor;
using nn::detail::Points;

/// By sorting all distances.
std::vector<Index> sorted_neighbours(const Tensor& x, Index k) {
  std::vector<Index> result;
  const Index n = x.size(0), d = x.size(1);
  for (Index i = 0; i < n; ++i) {
    std::vector<std::pair<double, Index>> all;
    for (Index j = 0; j < n; ++j)
      if (j != i)
        all.emplace_back(nn::detail::squared_distance(x.data() + i * d, x.data() + j * d, d), j);
    std::sort(all.begin(), all.end());
    for (Index at = 0; at < k; ++at) result.push_back(all[static_cast<std::size_t>(at)].second);
  }
  return result;
}

void expect_exact(const Tensor& x, Index k) {
  const Points points("test", x, nn::detail::origin_near(x));
  EXPECT_EQ(nn::detail::nearest_neighbours(points, k).index, sorted_neighbours(x, k));
}

TEST(Neighbours, AreThoseOfASort) {
  expect_exact(nn::test::wave({150, 7}), 10);
  expect_exact(nn::test::wave({2, 1}), 1);
  expect_exact(nn::test::wave({65, 40}), 64);
}

TEST(Neighbours, AreExactWhereTheExpandedFormCancels) {
  Tensor x = nn::test::wave({200, 3}) * static_cast<nn::Scalar>(1e-3);
  for (Index i = 0; i < 200; ++i) x(i, 0) += static_cast<nn::Scalar>(i % 2 == 0 ? 1e3 : -1e3);
  expect_exact(x, 20);
}

TEST(Neighbours, EqualDistancesGoByIndex) {
  Tensor x = Tensor::zeros({100, 2});
  for (Index i = 0; i < 100; ++i) x(i, i % 2) = static_cast<nn::Scalar>(i % 5);
  expect_exact(x, 30);
}

TEST(SquaredDistance, SumsEveryElement) {
  for (Index d : {1, 7, 8, 9, 16, 31}) {
    const Tensor a = nn::test::wave({d}), b = nn::test::wave({d}, 1);
    double expected = 0;
    for (Index j = 0; j < d; ++j)
      expected += (static_cast<double>(a(j)) - b(j)) * (static_cast<double>(a(j)) - b(j));
    EXPECT_NEAR(nn::detail::squared_distance(a.data(), b.data(), d), expected, 1e-14 * expected);
  }
}

}  // namespace
