#include "nn/unsupervised/kmeans.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nn/core/error.hpp"
#include "nn/data/digits.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"
#include "unsupervised/clustering/kmeans_start.hpp"
#include "unsupervised/column.hpp"

namespace {

using nn::Index;
using nn::KMeansOptions;
using nn::Rng;
using nn::Tensor;
using nn::test::message_of;

nn::KMeansResult run(const Tensor& x, const KMeansOptions& options, std::uint64_t seed = 0) {
  Rng rng(seed);
  return nn::kmeans(x, options, rng);
}

std::vector<int> sizes(const nn::KMeansResult& result) {
  std::vector<int> counts(static_cast<std::size_t>(result.centres.size(0)));
  for (Index i = 0; i < result.labels.numel(); ++i)
    ++counts[static_cast<std::size_t>(result.labels(i))];
  return counts;
}

/// Labels, centres and inertia as their definitions say, by plain loops.
void expect_consistent(const Tensor& x, const nn::KMeansResult& result) {
  double inertia = 0;
  for (Index i = 0; i < x.size(0); ++i) {
    double nearest = INFINITY;
    Index label = -1;
    for (Index c = 0; c < result.centres.size(0); ++c) {
      double distance = 0;
      for (Index j = 0; j < x.size(1); ++j) {
        const double difference = static_cast<double>(x(i, j)) - result.centres(c, j);
        distance += difference * difference;
      }
      if (distance < nearest * (1 - 1e-14)) {
        nearest = distance;
        label = c;
      }
    }
    ASSERT_EQ(result.labels(i), static_cast<nn::Scalar>(label)) << "sample " << i;
    inertia += nearest;
  }
  EXPECT_NEAR(result.inertia, inertia, 1e-9 * inertia);
}

// Expected values: sklearn.cluster.KMeans(10, init=X[:10], n_init=1) on load_digits.

TEST(KMeans, LloydFromGivenCentresIsThatOfScikitLearn) {
  const Tensor x = nn::digits().x;
  const auto result = run(x, {.clusters = 10, .centres = x.slice(0, 0, 10)});
  EXPECT_NEAR(result.inertia, 1167859.3840065985, 1e-6 * 1167859);
  EXPECT_EQ(result.iterations, 14);
  EXPECT_TRUE(result.converged);
  EXPECT_EQ(sizes(result), (std::vector<int>{179, 120, 89, 178, 163, 370, 181, 199, 164, 154}));
  EXPECT_NEAR(result.centres(3, 18), 8.039325842697, 1e-6 * 8);
  EXPECT_NEAR(result.centres(3, 20), 12.11235955056, 1e-6 * 12);
  expect_consistent(x, result);
}

TEST(KMeans, StopsAtMaxIterationsWithLabelsOfTheLastCentres) {
  const Tensor x = nn::digits().x;
  const auto result =
      run(x, {.clusters = 10, .max_iterations = 3, .tolerance = 0, .centres = x.slice(0, 0, 10)});
  EXPECT_EQ(result.iterations, 3);
  EXPECT_FALSE(result.converged);
  EXPECT_NEAR(result.inertia, 1263409.7981592165, 1e-6 * 1263409);
  EXPECT_EQ(sizes(result), (std::vector<int>{179, 147, 55, 270, 167, 245, 185, 254, 135, 160}));
  expect_consistent(x, result);
}

TEST(KMeans, BestOfTenIsNearScikitLearns) {
  const Tensor x = nn::digits().x;  // sklearn, n_init=10: 1165178, 1165290, 1165172
  const auto best = run(x, {.clusters = 10, .starts = 10});
  EXPECT_LT(best.inertia, 1165400);
  EXPECT_EQ(best.empty_clusters, 0);
  expect_consistent(x, best);
  EXPECT_LE(best.inertia, run(x, {.clusters = 10}).inertia);
}

TEST(KMeans, RandomInitTakesDifferentSamples) {
  const Tensor x = nn::test::wave({6, 2});
  const auto result = run(x, {.clusters = 6, .init = nn::KMeansInit::random});
  EXPECT_EQ(result.inertia, 0);
  EXPECT_EQ(sizes(result), std::vector<int>(6, 1));
}

TEST(KMeans, PlusPlusSpreadsItsCentres) {
  // Three tight groups far apart: of 30 seeds, each finds all three at the first choice.
  Tensor x({300, 2});
  const Tensor noise = nn::test::wave({300, 2});
  for (Index i = 0; i < 300; ++i) {
    x(i, 0) = noise(i, 0) + static_cast<nn::Scalar>(i % 3 * 1000);
    x(i, 1) = noise(i, 1);
  }
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto result = run(x, {.clusters = 3, .max_iterations = 1}, seed);
    EXPECT_EQ(sizes(result), std::vector<int>(3, 100)) << "seed " << seed;
  }
}

TEST(KMeans, OfOneCluster) {
  const auto result = run(nn::tensor({{1, 2}, {3, 6}}), {.clusters = 1});
  EXPECT_TRUE(nn::test::close(result.centres, nn::tensor({{2, 4}})));
  EXPECT_NEAR(result.inertia, 10, 1e-12);
}

TEST(KMeans, AnEmptyClusterTakesTheFarthestSample) {
  // Nobody is nearest to 100: it moves to 9, the farthest from its centre, not to the mean's place.
  const Tensor x = nn::test::column({0, 1, 2, 9});
  const auto result = run(x, {.clusters = 2, .centres = nn::test::column({3, 100})});
  EXPECT_TRUE(nn::test::close(result.centres, nn::test::column({1, 9})));
  EXPECT_EQ(result.empty_clusters, 0);
  expect_consistent(x, result);
}

TEST(KMeans, ManyClustersAndAnOddNumberOfSamples) {
  const Tensor x = nn::test::wave({1031, 3});
  for (Index k : {2, 33, 300}) {
    const auto result = run(x, {.clusters = k, .max_iterations = 20}, 7);
    expect_consistent(x, result);
    EXPECT_TRUE(nn::test::same_bits(result.predict(x), result.labels));
  }
}

// Groups of centres, few and many changes of labels, and ties after each iteration.
TEST(KMeans, LabelsAreTheNearestCentresInEveryIteration) {
  Rng rng(5);
  for (Index d : {1, 5, 70})
    for (Index k : {1, 9, 40}) {
      Tensor x({600, d});
      for (Index i = 0; i < x.size(0); ++i)
        for (Index j = 0; j < d; ++j)
          x(i, j) =
              d == 5 ? static_cast<nn::Scalar>(rng.below(3))
                     : static_cast<nn::Scalar>(rng.randn()) + static_cast<nn::Scalar>((i + j) % 7);
      for (Index iterations = 1; iterations <= 12; ++iterations)
        expect_consistent(x, run(x,
                                 {.clusters = k,
                                  .max_iterations = iterations,
                                  .tolerance = 0,
                                  .init = nn::KMeansInit::random},
                                 3));
    }
}

// Most samples keep their centres. A few lie on a grid, often equally far from two centres.
TEST(KMeans, TiesOfAFewSamplesAmongManyThatStay) {
  constexpr Index n = 600, d = 70, few = 24, far = 4, k = 9;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Rng rng(seed);
    Tensor x = Tensor::zeros({n, d});
    for (Index i = 0; i < few; ++i)
      for (Index j = 0; j < 2; ++j) x(i, j) = static_cast<nn::Scalar>(rng.below(4));
    for (Index i = few; i < n; ++i) {
      x(i, 2 + i % far) = 1000;
      x(i, 10 + rng.below(60)) = 1;
    }
    for (Index iterations : {2, 3, 4, 30})
      expect_consistent(x, run(x, {.clusters = k,
                                   .max_iterations = iterations,
                                   .tolerance = 0,
                                   .centres = x.slice(0, few - (k - far), few + far)}));
  }
}

// The error of a product grows with the largest centre: it decides no label of the small samples.
TEST(KMeans, AFewHugeSamplesAmongSmallOnes) {
  for (Index d : {3, 8, 70})
    for (Index k : {4, 20}) {
      const Tensor x = nn::test::wave({600, d}).contiguous();
      for (Index i : {5, 300, 599}) x.select(0, i).copy_from(x.select(0, i) * nn::Scalar{1e6});
      for (Index iterations : {1, 2, 3, 8})
        expect_consistent(x, run(x, {.clusters = k, .max_iterations = iterations}, 7));
    }
}

TEST(KMeans, TakesAnyStridesAndLeavesTheDataAlone) {
  const Tensor x = nn::test::wave({50, 3}), copy = x.clone();
  const auto a = run(x, {.clusters = 4}), b = run(nn::test::scattered(x), {.clusters = 4});
  EXPECT_TRUE(nn::test::same_bits(a.centres, b.centres));
  EXPECT_TRUE(nn::test::same_bits(a.labels, b.labels));
  EXPECT_TRUE(nn::test::same_bits(x, copy));
}

TEST(KMeans, Errors) {
  const Tensor x = nn::test::wave({5, 2});
  EXPECT_TRUE(nn::test::contains(message_of<nn::RangeError>([&] { run(x, {.clusters = 6}); }),
                                 "1 to 5 clusters"));
  message_of<nn::RangeError>([&] { run(x, {.clusters = 2, .starts = 0}); });
  message_of<nn::RangeError>([&] { run(x, {.clusters = 2, .max_iterations = 0}); });
  message_of<nn::RangeError>([&] { run(x, {.clusters = 2, .tolerance = NAN}); });
  message_of<nn::ShapeError>([&] { run(x, {.clusters = 2, .centres = Tensor::ones({2, 3})}); });
  message_of<nn::ShapeError>([&] { run(Tensor({0, 2}), {.clusters = 1}); });
  message_of<nn::ShapeError>([&] { run(Tensor({4}), {.clusters = 1}); });
  for (double bad : {double{NAN}, double{INFINITY}, 0.6 * std::numeric_limits<nn::Scalar>::max()}) {
    Tensor broken = x.clone();
    broken(3, 1) = static_cast<nn::Scalar>(bad);
    message_of<nn::ArgumentError>([&] { run(broken, {.clusters = 2}); });
  }
  for (double bad : {double{NAN}, 0.6 * std::numeric_limits<nn::Scalar>::max()}) {
    Tensor centres = x.slice(0, 0, 2).clone();
    centres(1, 0) = static_cast<nn::Scalar>(bad);
    EXPECT_TRUE(nn::test::contains(
        message_of<nn::ArgumentError>([&] { run(x, {.clusters = 2, .centres = centres}); }),
        "the centres"));
  }
  const auto result = run(x, {.clusters = 2});
  message_of<nn::ShapeError>([&] { (void)result.predict(Tensor::ones({4, 3})); });
  const Tensor huge = Tensor::full({1, 2}, std::numeric_limits<nn::Scalar>::max());
  EXPECT_THROW((void)result.predict(huge), nn::ArgumentError);
}

TEST(KMeans, AnInertiaThatOverflowsIsAnError) {
  Tensor x({200, 1});
  const nn::Scalar large = std::sqrt(std::numeric_limits<nn::Scalar>::max() / 32);
  for (Index i = 0; i < 200; ++i) x(i, 0) = i % 2 == 0 ? large : -large;
  if (sizeof(nn::Scalar) == sizeof(double))
    message_of<nn::ArgumentError>([&] { run(x, {.clusters = 1}); });
  else
    EXPECT_TRUE(std::isfinite(run(x, {.clusters = 1}).inertia));
}

TEST(KMeans, TakesDuplicatesAndCountsEmptyClusters) {
  const Tensor x = nn::tensor({{1, 1}, {1, 1}, {5, 5}, {5, 5}});
  for (Index k : {3, 4}) {
    for (auto init : {nn::KMeansInit::plus_plus, nn::KMeansInit::random}) {
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto result = run(x, {.clusters = k, .init = init}, seed);
        EXPECT_TRUE(nn::all_finite(result.centres));
        EXPECT_EQ(result.inertia, 0);
        EXPECT_EQ(result.labels(0), result.labels(1));
        EXPECT_EQ(result.labels(2), result.labels(3));
        EXPECT_NE(result.labels(0), result.labels(2));
        EXPECT_EQ(result.empty_clusters, k - 2);
        EXPECT_TRUE(result.converged);
      }
    }
  }
  message_of<nn::RangeError>([&] { run(x, {.clusters = 5}); });
  message_of<nn::RangeError>([&] { run(x, {.clusters = 0}); });
}

TEST(KMeans, LabelsCentresAndInertiaAgreeWheneverItEnds) {
  const Tensor x = nn::test::column({0, 1, 2, 9, 10, 11, 20});
  const Tensor labels = nn::tensor({0, 0, 0, 1, 1, 1, 1});
  for (Index iterations : {1, 2, 20}) {
    const auto result =
        run(x, {.clusters = 2, .max_iterations = iterations, .centres = nn::test::column({0, 1})});
    const bool first = iterations == 1;
    EXPECT_TRUE(nn::test::close(result.centres,
                                first ? nn::test::column({0, static_cast<nn::Scalar>(53.0 / 6)})
                                      : nn::test::column({1, 12.5})));
    EXPECT_NEAR(result.inertia, first ? 135.777778 : 79, 1e-5);
    EXPECT_TRUE(nn::test::same_bits(result.labels, labels));
    EXPECT_TRUE(nn::test::same_bits(result.predict(x), labels));
  }
}

TEST(KMeans, IsExactEnoughUnderALargeOffset) {
  const nn::KMeansResult given{.centres = nn::test::column({200000, 200001}),
                               .labels = {},
                               .inertia = 0,
                               .iterations = 0,
                               .converged = true,
                               .empty_clusters = 0};
  const Tensor x = nn::test::column({200000.25, 200000.75, 200000.4375, 200000.5625});
  EXPECT_TRUE(nn::test::same_bits(given.predict(x), nn::tensor({0, 1, 0, 1})));
  const auto moved = run(x, {.clusters = 2, .centres = given.centres});
  EXPECT_TRUE(nn::test::same_bits(moved.labels, nn::tensor({0, 1, 0, 1})));
  EXPECT_GE(moved.inertia, 0);

  // Adding a constant changes no label. These digits plus 4096 are exact in float.
  const Tensor digits = nn::digits().x.slice(0, 0, 500);
  const auto plain = run(digits, {.clusters = 10}),
             shifted = run(digits + nn::Scalar{4096}, {.clusters = 10});
  EXPECT_TRUE(nn::test::same_bits(plain.labels, shifted.labels));
  EXPECT_NEAR(shifted.inertia, plain.inertia, 1e-4 * plain.inertia);
}

TEST(KMeans, DrawsFixedNumbersFromASeed) {
  const Tensor x = nn::test::wave({50, 3});
  nn::Rng rng(42);
  const nn::detail::SampleBlocks samples("test", x, nn::detail::origin_near(x));
  EXPECT_EQ(nn::detail::choose_centres(samples, 6, nn::KMeansInit::plus_plus, rng),
            (std::vector<Index>{38, 40, 31, 23, 0, 46}));
  EXPECT_EQ(nn::detail::choose_centres(samples, 6, nn::KMeansInit::random, rng),
            (std::vector<Index>{46, 47, 12, 29, 4, 31}));
}

TEST(KMeans, ThreadsDoNotChangeABit) {
  const Tensor x = nn::digits().x;
  std::vector<double> inertias;
  nn::test::expect_same_bits_with_threads({1, 2, 3}, [&]() -> std::vector<Tensor> {
    const auto result = run(x, {.clusters = 10, .starts = 2});
    inertias.push_back(result.inertia);
    return {result.centres, result.labels};
  });
  EXPECT_EQ(inertias, std::vector<double>(3, inertias[0]));
}

}  // namespace
