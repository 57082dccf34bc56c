#include "nn/data/synthetic.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "nn/core/error.hpp"

namespace {

std::vector<nn::Scalar> numbers_of(const nn::Tensor& t) { return {t.data(), t.data() + t.numel()}; }

// Expected: np.random.seed(s); x = 2*np.random.rand(n,1); y = slope*x + intercept +
// np.random.randn(n,1)

TEST(LinearData, IsTheDataOfNumpysSeedZero) {
  nn::Rng rng(0);
  auto data = nn::linear_data({}, rng);
  ASSERT_EQ(data.x.shape(), nn::Shape({100, 1}));
  ASSERT_EQ(data.y.shape(), nn::Shape({100, 1}));
  struct {
    nn::Index row;
    double x, y;
  } expected[] = {{0, 1.0976270078546495, 9.615866222053839},
                  {1, 1.430378732744839, 14.3438563489129},
                  {2, 1.2055267521432877, 12.109876456876762},
                  {50, 1.1403935408357593, 10.353232252240758},
                  {99, 0.009390952385094131, 2.09260677810581}};
  for (auto [row, x, y] : expected) {
    EXPECT_EQ(data.x(row, 0), static_cast<nn::Scalar>(x)) << row;
    EXPECT_EQ(data.y(row, 0), static_cast<nn::Scalar>(y)) << row;
  }
}

TEST(LinearData, OtherSlopeAndIntercept) {
  nn::Rng rng(7);
  auto data = nn::linear_data({.samples = 3, .slope = -1.5, .intercept = 0.25}, rng);
  const double x[] = {0.15261657874791434, 1.5598375844802292, 0.876818462881787};
  const double y[] = {0.11424119285788023, 1.1111583323973684, -1.2222163538860913};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(data.x(i, 0), static_cast<nn::Scalar>(x[i]));
    EXPECT_EQ(data.y(i, 0), static_cast<nn::Scalar>(y[i]));
  }
}

/// Mean and variance of each coordinate of the points around each centre (to the nearest of
/// (+-1, +-1)), and their label.
struct Cloud {
  nn::Index count = 0;
  double sum[2] = {}, squares[2] = {};
  std::map<nn::Scalar, nn::Index> labels;
};

std::map<std::pair<int, int>, Cloud> clouds_of(const nn::Dataset& data) {
  std::map<std::pair<int, int>, Cloud> clouds;
  for (nn::Index i = 0; i < data.size(); ++i) {
    int sign[] = {data.x(i, 0) > 0 ? 1 : -1, data.x(i, 1) > 0 ? 1 : -1};
    auto& cloud = clouds[{sign[0], sign[1]}];
    ++cloud.count;
    ++cloud.labels[data.y(i, 0)];
    for (int j = 0; j < 2; ++j) {
      double d = double{data.x(i, j)} - sign[j];
      cloud.sum[j] += d;
      cloud.squares[j] += d * d;
    }
  }
  return clouds;
}

void expect_cloud(const Cloud& cloud, nn::Index count, nn::Scalar label, double variance) {
  auto n = static_cast<double>(cloud.count);
  EXPECT_EQ(cloud.count, count);
  EXPECT_EQ(cloud.labels, (std::map<nn::Scalar, nn::Index>{{label, count}}));
  for (int j = 0; j < 2; ++j) {
    EXPECT_NEAR(cloud.sum[j] / n, 0, 5 * std::sqrt(variance / n));
    EXPECT_NEAR(cloud.squares[j] / n, variance, 5 * variance * std::sqrt(2 / n));
  }
}

TEST(TwoClusters, AreWhereTheyShouldBe) {
  nn::Rng rng(1);
  // sigma is the variance; the jitter adds its own.
  auto clouds = clouds_of(nn::two_clusters({.samples = 20000, .sigma = 0.02, .epsilon = 0.1}, rng));
  ASSERT_EQ(clouds.size(), 2u);
  expect_cloud(clouds[{1, 1}], 10000, 1, 0.03);
  expect_cloud(clouds[{-1, -1}], 10000, 0, 0.03);
}

TEST(FourClouds, AreAnExclusiveOr) {
  nn::Rng rng(2);
  auto clouds = clouds_of(nn::four_clouds(
      {.samples = 20000, .sigma = 0.02, .epsilon = 0, .labels = nn::BinaryLabels::minus_plus},
      rng));
  ASSERT_EQ(clouds.size(), 4u);
  expect_cloud(clouds[{1, 1}], 5000, 1, 0.02);
  expect_cloud(clouds[{-1, -1}], 5000, 1, 0.02);
  expect_cloud(clouds[{-1, 1}], 5000, -1, 0.02);
  expect_cloud(clouds[{1, -1}], 5000, -1, 0.02);
}

TEST(CheckerboardLabel, IsTheParityOfTheCell) {
  EXPECT_EQ(nn::checkerboard_label(0.5, 0.5, 4), 0);  // 1 + 1
  EXPECT_EQ(nn::checkerboard_label(-0.5, 0.5, 4), 1);
  EXPECT_EQ(nn::checkerboard_label(-0.5, -0.5, 4), 0);
  EXPECT_EQ(nn::checkerboard_label(1.5, 0.5, 4), 1);
  EXPECT_EQ(nn::checkerboard_label(1.0, 1.0, 4), 0);
  EXPECT_EQ(nn::checkerboard_label(-3.5, 0.1, 8), 0);  // -3 + 1
  // Off the board: the nearest cell.
  EXPECT_EQ(nn::checkerboard_label(2.1, 1.5, 4), 0);
  EXPECT_EQ(nn::checkerboard_label(2.1, 1.5, 8), 1);
  EXPECT_EQ(nn::checkerboard_label(-2, 9, 4), 1);   // -1 + 2
  EXPECT_EQ(nn::checkerboard_label(-2.5, 8.5), 1);  // -2 + 9, without end
}

double oracle_accuracy(const nn::Dataset& data, int cells) {
  double right = 0;
  for (nn::Index i = 0; i < data.size(); ++i)
    right += nn::checkerboard_label(data.x(i, 0), data.x(i, 1), cells) == data.y(i, 0);
  return right / static_cast<double>(data.size());
}

TEST(Checkerboard, TheTrueRuleIsRightWithoutJitter) {
  for (int cells : {2, 4, 8}) {
    nn::Rng rng(3);
    auto data = nn::checkerboard({.samples = 5000, .cells = cells, .epsilon = 0}, rng);
    EXPECT_EQ(oracle_accuracy(data, cells), 1);
    auto x = numbers_of(data.x);
    auto [low, high] = std::minmax_element(x.begin(), x.end());
    EXPECT_NEAR(*low, -cells / 2, 0.01);
    EXPECT_NEAR(*high, cells / 2, 0.01);
    EXPECT_GE(*low, -cells / 2);
    EXPECT_LE(*high, cells / 2);
    auto y = numbers_of(data.y);
    auto ones = static_cast<int>(std::count(y.begin(), y.end(), nn::Scalar(1)));
    EXPECT_NEAR(ones, 2500, 180);
  }
}

TEST(Checkerboard, TheTrueRuleIsNotAlwaysRightWithJitter) {
  // Of n inner lines each way, on a board n + 1 wide, the jitter carries over each a share of
  // E|N(0, epsilon^2)| / (n + 1) of the points: 1 - 0.0239 for 4 cells, 1 - 0.0279 for 8.
  for (auto [cells, expected] : {std::pair{4, 0.9761}, {8, 0.9721}}) {
    nn::Rng rng(4);
    auto data = nn::checkerboard({.samples = 40000, .cells = cells}, rng);
    EXPECT_NEAR(oracle_accuracy(data, cells), expected, 0.003);
  }
}

using Generator = std::function<nn::Dataset(nn::Index, nn::BinaryLabels, nn::Rng&)>;

const Generator generators[] = {
    [](auto n, auto labels, auto& rng) {
      return nn::two_clusters({.samples = n, .labels = labels}, rng);
    },
    [](auto n, auto labels, auto& rng) {
      return nn::four_clouds({.samples = n, .labels = labels}, rng);
    },
    [](auto n, auto labels, auto& rng) {
      return nn::checkerboard({.samples = n, .labels = labels}, rng);
    },
};

TEST(Generators, ShapesLabelsAndSeeds) {
  for (const auto& generate : generators) {
    nn::Rng rng(5), same(5), other(6);
    auto data = generate(101, nn::BinaryLabels::zero_one, rng);
    EXPECT_EQ(data.x.shape(), nn::Shape({101, 2}));
    EXPECT_EQ(data.y.shape(), nn::Shape({101, 1}));
    auto again = generate(101, nn::BinaryLabels::minus_plus, same);
    EXPECT_EQ(numbers_of(again.x), numbers_of(data.x));
    for (nn::Index i = 0; i < 101; ++i) {
      EXPECT_TRUE(data.y(i, 0) == 0 || data.y(i, 0) == 1);
      EXPECT_EQ(again.y(i, 0), 2 * data.y(i, 0) - 1);
    }
    EXPECT_NE(numbers_of(generate(101, nn::BinaryLabels::zero_one, other).x), numbers_of(data.x));
    EXPECT_NE(numbers_of(generate(101, nn::BinaryLabels::zero_one, rng).x), numbers_of(data.x));
  }
}

TEST(Generators, AreShuffled) {
  for (const auto& generate : generators) {
    nn::Rng rng(8);
    auto data = generate(1000, nn::BinaryLabels::zero_one, rng);
    int changes = 0;
    for (nn::Index i = 1; i < 1000; ++i) changes += data.y(i, 0) != data.y(i - 1, 0);
    EXPECT_NEAR(changes, 500, 80);  // neither sorted by class nor taking turns
  }
}

TEST(Generators, RefuseNonsense) {
  nn::Rng rng(9);
  for (const auto& generate : generators)
    EXPECT_THROW(generate(0, nn::BinaryLabels::zero_one, rng), nn::ArgumentError);
  constexpr nn::Index large = nn::Index{1} << 61;
  for (const auto& generate : generators)
    EXPECT_THROW(generate(large, nn::BinaryLabels::zero_one, rng), nn::RangeError);
  EXPECT_THROW(nn::linear_data({.samples = large}, rng), nn::RangeError);
  EXPECT_THROW(nn::linear_data({.samples = -1}, rng), nn::ArgumentError);
  EXPECT_THROW(nn::two_clusters({.sigma = -0.1}, rng), nn::ArgumentError);
  EXPECT_THROW(nn::four_clouds({.epsilon = std::nan("")}, rng), nn::ArgumentError);
  EXPECT_THROW(nn::checkerboard({.epsilon = -1}, rng), nn::ArgumentError);
  for (int cells : {-2, 0, 3})
    EXPECT_THROW(nn::checkerboard({.cells = cells}, rng), nn::ArgumentError) << cells;
}

}  // namespace
