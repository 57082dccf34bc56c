#include "nn/unsupervised/tsne.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/data/digits.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/unsupervised/scores.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"

namespace {

using nn::Index;
using nn::Tensor;
using nn::TsneOptions;
using nn::test::message_of;

nn::TsneResult run(const Tensor& x, const TsneOptions& options) {
  nn::Rng rng(0);
  return nn::tsne(x, options, rng);
}

Tensor digits(Index n) { return nn::digits().x.slice(0, 0, n); }

// scikit-learn's costs: sklearn.manifold.TSNE(init="pca", learning_rate="auto") on load_digits.

TEST(Tsne, ReachesScikitLearnsCost) {
  const auto result = run(digits(500), {});
  EXPECT_NEAR(result.kl_divergence, 0.39606, 0.05 * 0.39606);
  EXPECT_EQ(result.iterations, 1000);
  EXPECT_GT(nn::trustworthiness(digits(500), result.embedding, 12), 0.97);
}

TEST(Tsne, ExactReachesScikitLearnsCost) {
  const auto result = run(digits(150), {.method = nn::TsneMethod::exact});
  EXPECT_LT(result.kl_divergence, 1.05 * 0.212926);
  EXPECT_GT(result.kl_divergence, 0.15);
}

TEST(Tsne, DescendsAsScikitLearn) {
  // sklearn.manifold._t_sne._gradient_descent: 20 iterations in double on its exact gradient, the
  // affinities times 4, momentum 0.5, learning rate 1.
  const auto result = run(nn::test::wave({8, 3}), {.perplexity = 3,
                                                   .iterations = 20,
                                                   .early_exaggeration = 4,
                                                   .learning_rate = 1,
                                                   .start = nn::test::wave({8, 2}, 1),
                                                   .method = nn::TsneMethod::exact});
  const Tensor expected = nn::tensor({{-0.13398191, 0.05966406},
                                      {-0.07803527, 0.02225633},
                                      {0.22850301, -0.18416574},
                                      {0.25176857, -0.20604259},
                                      {0.20577889, -0.1608421},
                                      {-0.10485653, 0.03776868},
                                      {-0.11463109, 0.04373666},
                                      {0.17766598, -0.14970378}});
  EXPECT_TRUE(nn::test::close(result.embedding, expected, 1e-4));
  EXPECT_NEAR(result.kl_divergence, 0.7530462934690885, 1e-4);
}

/// w_ij and its sum over i != j, in double.
double weight(const Tensor& places, Index i, Index j) {
  const double dx = static_cast<double>(places(i, 0)) - places(j, 0);
  const double dy = static_cast<double>(places(i, 1)) - places(j, 1);
  return 1 / (1 + dx * dx + dy * dy);
}
double normalizer(const Tensor& places) {
  double total = 0;
  for (Index i = 0; i < places.size(0); ++i)
    for (Index j = 0; j < places.size(0); ++j) total += i == j ? 0 : weight(places, i, j);
  return total;
}

double kl_divergence(const Tensor& x, double perplexity, const Tensor& places) {
  const Index n = x.size(0);
  const auto p = nn::tsne_affinities(x, perplexity).joint;
  const double total = normalizer(places);
  double sum = 0;
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j)
      if (const double pij = p[static_cast<std::size_t>(i * n + j)]; pij > 1e-300)
        sum += pij * std::log(pij / (weight(places, i, j) / total));
  return sum;
}

TEST(Tsne, KlDivergenceIsThatOfTheEmbedding) {
  const Tensor x = digits(80);
  for (double angle : {0.5, 1.0}) {  // at perplexity 27 all pairs are kept
    const auto result = run(x, {.perplexity = 27, .iterations = 300, .angle = angle});
    EXPECT_NEAR(result.kl_divergence, kl_divergence(x, 27, result.embedding), 1e-5);
  }
  for (Index n : {2, 3, 4, 5, 7, 12, 80})
    for (double perplexity = 1; perplexity <= static_cast<double>(n - 1); perplexity *= 2) {
      const Tensor part = x.slice(0, 0, n);
      const auto result = run(part, {.perplexity = perplexity, .method = nn::TsneMethod::exact});
      EXPECT_NEAR(result.kl_divergence, kl_divergence(part, perplexity, result.embedding), 1e-5)
          << n << " points, perplexity " << perplexity;
    }
}

TEST(Tsne, OfTwoPointsIsPerfect) {
  for (auto method : {nn::TsneMethod::exact, nn::TsneMethod::barnes_hut})
    EXPECT_NEAR(run(digits(2), {.perplexity = 1, .method = method}).kl_divergence, 0, 1e-12);
}

TEST(Tsne, StepsRightFromPointsFarApart) {
  const Index n = 40;
  const Tensor x = digits(n);
  const auto p = nn::tsne_affinities(x, 15).joint;
  for (double distance : {1e2, 1e4, 1e6, 1e8}) {
    const Tensor start = nn::test::wave({n, 2}, 1) * static_cast<nn::Scalar>(distance);
    const double rate = distance * distance, total = normalizer(start);
    for (auto method : {nn::TsneMethod::exact, nn::TsneMethod::barnes_hut}) {
      const auto result = run(x, {.perplexity = 15,
                                  .iterations = 1,
                                  .early_exaggeration = 1,
                                  .learning_rate = rate,
                                  .start = start,
                                  .method = method,
                                  .angle = 0});
      Tensor expected = start.clone();
      for (Index i = 0; i < n; ++i)
        for (int side = 0; side < 2; ++side) {
          double slope = 0;
          for (Index j = 0; j < n; ++j) {
            const double w = weight(start, i, j), pij = p[static_cast<std::size_t>(i * n + j)];
            slope +=
                4 * (pij - w / total) * w * (static_cast<double>(start(i, side)) - start(j, side));
          }
          // The gain is 0.8: a coordinate without velocity has no direction to keep.
          expected(i, side) = static_cast<nn::Scalar>(start(i, side) - rate * 0.8 * slope);
        }
      const auto unit = static_cast<nn::Scalar>(distance);
      EXPECT_TRUE(nn::test::close(result.embedding / unit, expected / unit, 1e-5)) << distance;
    }
  }
}

TEST(Tsne, BarnesHutWithAngleZeroIsExact) {
  // With 40 samples all are neighbours; with angle 0 no cell is taken for a point.
  const Tensor x = nn::test::wave({40, 6});
  TsneOptions options{.perplexity = 13,
                      .iterations = 30,
                      .learning_rate = 1,
                      .start = nn::test::wave({40, 2}, 1),
                      .angle = 0};
  const Tensor tree = run(x, options).embedding;
  options.method = nn::TsneMethod::exact;
  EXPECT_TRUE(nn::test::close(tree, run(x, options).embedding, 1e-5));
}

TEST(Tsne, TellsItsProgress) {
  std::vector<Index> iterations;
  double last = 0;
  nn::Rng rng(0);
  const auto result =
      nn::tsne(digits(100), {.perplexity = 10, .iterations = 320}, rng, [&](const auto& p) {
        iterations.push_back(p.iteration);
        EXPECT_TRUE(std::isfinite(p.gradient_norm));
        last = p.kl_divergence;
      });
  EXPECT_EQ(iterations, (std::vector<Index>{50, 100, 150, 200, 250, 300}));
  EXPECT_NEAR(last, result.kl_divergence, 0.2 * last);
}

TEST(Tsne, StopsWhereTheGradientIsSmall) {
  const auto result =
      run(digits(60), {.perplexity = 5, .iterations = 1000, .min_gradient_norm = 1e9});
  EXPECT_EQ(result.iterations, 100);  // once in each phase
}

TEST(Tsne, StopsWithoutProgress) {
  // At this rate nothing moves: 300 sets the best cost, 350 is more than 40 iterations later.
  const auto result = run(digits(60), {.perplexity = 5,
                                       .iterations = 1000,
                                       .learning_rate = 1e-30,
                                       .iterations_without_progress = 40});
  EXPECT_EQ(result.iterations, 350);
}

TEST(Tsne, TakesAStart) {
  const Tensor x = digits(50), start = nn::test::wave({50, 2}), copy = start.clone();
  const auto result =
      run(x, {.perplexity = 5, .iterations = 1, .learning_rate = 1e-6, .start = start});
  EXPECT_TRUE(nn::test::close(result.embedding, start, 1e-4));
  EXPECT_TRUE(nn::test::same_bits(start, copy));
}

TEST(Tsne, RandomStartDependsOnTheGeneratorAlone) {
  const TsneOptions options{.perplexity = 5, .iterations = 20, .init = nn::TsneInit::random};
  const auto a = run(digits(50), options), b = run(digits(50), options);
  EXPECT_TRUE(nn::test::same_bits(a.embedding, b.embedding));
  nn::Rng other(1);
  EXPECT_FALSE(nn::equal(nn::tsne(digits(50), options, other).embedding, a.embedding));
}

TEST(Tsne, OfOneFeature) {
  const auto result = run(nn::test::wave({30, 1}), {.perplexity = 5, .iterations = 300});
  EXPECT_TRUE(nn::all_finite(result.embedding));
}

TEST(Tsne, Errors) {
  const Tensor x = digits(20);
  message_of<nn::RangeError>([&] { run(x, {.perplexity = 5, .iterations = 0}); });
  message_of<nn::RangeError>([&] { run(x, {.perplexity = 5, .early_exaggeration = 0.5}); });
  message_of<nn::RangeError>([&] { run(x, {.perplexity = 5, .learning_rate = -1}); });
  for (double angle : {double{NAN}, -0.1, 1.1, 1e9})
    message_of<nn::RangeError>([&] { run(x, {.perplexity = 5, .angle = angle}); });
  message_of<nn::ArgumentError>([&] {
    run(x, {.perplexity = 5, .start = Tensor::full({20, 2}, static_cast<nn::Scalar>(2e9))});
  });
  message_of<nn::ShapeError>([&] { run(x, {.perplexity = 5, .start = Tensor::ones({20, 3})}); });
  message_of<nn::ShapeError>([&] { run(Tensor({20}), {.perplexity = 5}); });
  Tensor bad = x.clone();
  bad(3, 4) = static_cast<nn::Scalar>(INFINITY);
  message_of<nn::ArgumentError>([&] { run(bad, {.perplexity = 5}); });
  const Tensor start = Tensor::full({20, 2}, static_cast<nn::Scalar>(NAN));
  EXPECT_EQ(message_of<nn::ArgumentError>([&] { run(x, {.perplexity = 5, .start = start}); }),
            "tsne: the points of start hold NaN or infinity");
  EXPECT_EQ(message_of<nn::RangeError>([&] { run(x, {.perplexity = 0.9999999}); }),
            "tsne: perplexity must be 1 to n - 1 = 19, got 0.9999999");
  EXPECT_TRUE(nn::test::contains(
      message_of<nn::ArgumentError>([&] { run(x, {.perplexity = 5, .learning_rate = 1e25}); }),
      "diverged"));
}

TEST(TsneAffinities, HaveTheWantedPerplexity) {
  const auto p = nn::tsne_affinities(digits(100), 12.5).conditional;
  for (std::size_t i = 0; i < 100; ++i) {
    double entropy = 0, sum = 0;
    for (std::size_t j = 0; j < 100; ++j) {
      const double pij = p[i * 100 + j];
      sum += pij;
      if (pij > 0) entropy -= pij * std::log(pij);
    }
    EXPECT_NEAR(sum, 1, 1e-14);
    EXPECT_NEAR(entropy, std::log(12.5), 1e-10);
  }
}

TEST(TsneAffinities, DoNotDependOnTheUnit) {
  const Tensor x = nn::test::wave({30, 4});
  const auto a = nn::tsne_affinities(x, 7);
  for (double unit : {0x1p-40, 0x1p40}) {
    const auto b = nn::tsne_affinities(x * static_cast<nn::Scalar>(unit), 7);
    for (std::size_t k = 0; k < a.joint.size(); ++k) ASSERT_NEAR(a.joint[k], b.joint[k], 1e-10);
  }
}

TEST(Tsne, PerplexityIsBoundedByTheNumberOfSamples) {
  const Tensor x = nn::tensor({{0, 0}, {1, 0}, {0, 2}, {3, 1}});
  for (double perplexity : {30.0, 4.0, 3.5, 0.0, -1.0, 0.5, static_cast<double>(NAN)}) {
    EXPECT_TRUE(nn::test::contains(
        message_of<nn::RangeError>([&] { run(x, {.perplexity = perplexity}); }), "n - 1 = 3"));
    message_of<nn::RangeError>([&] { nn::tsne_affinities(x, perplexity); });
  }
  const auto valid = run(x, {.perplexity = 3});
  EXPECT_TRUE(nn::all_finite(valid.embedding));
  EXPECT_TRUE(std::isfinite(valid.kl_divergence));
  EXPECT_TRUE(nn::all_finite(run(x, {.perplexity = 1}).embedding));
  message_of<nn::ArgumentError>([&] { run(Tensor({0, 2}), {}); });
  message_of<nn::ArgumentError>([&] { run(x.slice(0, 0, 1), {.perplexity = 1}); });
  message_of<nn::ArgumentError>([&] { run(x.slice(0, 0, 2), {.perplexity = 2}); });
  EXPECT_TRUE(nn::all_finite(run(x.slice(0, 0, 2), {.perplexity = 1}).embedding));
}

TEST(Tsne, TakesIdenticalRows) {
  Tensor half = Tensor::zeros({12, 3});
  for (Index i = 6; i < 12; ++i)
    for (Index j = 0; j < 3; ++j) half(i, j) = static_cast<nn::Scalar>((i * (j + 2)) % 7);
  for (const Tensor& x : {half, Tensor::ones({12, 3})}) {
    for (auto method : {nn::TsneMethod::barnes_hut, nn::TsneMethod::exact}) {
      const auto result = run(x, {.perplexity = 3, .method = method});
      EXPECT_TRUE(nn::all_finite(result.embedding));
      EXPECT_TRUE(std::isfinite(result.kl_divergence));
    }
    const auto p = nn::tsne_affinities(x, 3).conditional;
    for (std::size_t i = 0; i < 12; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < 12; ++j) sum += p[i * 12 + j];
      EXPECT_NEAR(sum, 1, 1e-14);
    }
  }
}

void expect_near(const std::vector<double>& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-6) << i;
}

TEST(TsneAffinities, AreRightToSixDigits) {
  const auto a = nn::tsne_affinities(nn::tensor({{0, 0}, {1, 0}, {0, 2}, {3, 1}, {5, 5}}), 2);
  expect_near(a.precision, {0.349142, 0.479488, 0.678148, 0.39194, 0.125636});
  expect_near(a.conditional,
              {0, 0.717348, 0.251674, 0.030978, 0,        0.772908, 0,        0.113546, 0.113546,
               0, 0.655887, 0.332899, 0,        0.011213, 0,        0.109685, 0.778453, 0.109685,
               0, 0.002178, 0.018214, 0.056426, 0.135962, 0.789399, 0});
  expect_near(a.joint, {0,        0.149026, 0.090756, 0.014066, 0.001821, 0.149026, 0,
                        0.044645, 0.0892,   0.005643, 0.090756, 0.044645, 0,        0.01209,
                        0.013596, 0.014066, 0.0892,   0.01209,  0,        0.079158, 0.001821,
                        0.005643, 0.013596, 0.079158, 0});
}

TEST(Tsne, DrawsFixedNumbersFromASeed) {
  const Tensor x = nn::test::wave({50, 3});
  nn::Rng start(42);
  const auto result = nn::tsne(
      x, {.perplexity = 5, .iterations = 1, .learning_rate = 1e-30, .init = nn::TsneInit::random},
      start);
  const double expected[] = {4.967141530112327e-05, -1.3826430117118467e-05, 6.476885381006925e-05,
                             0.00015230298564080253};
  for (Index k = 0; k < 4; ++k)
    EXPECT_EQ(result.embedding.data()[k], static_cast<nn::Scalar>(expected[k]));
}

TEST(Tsne, ThreadsDoNotChangeABit) {
  const Tensor x = digits(403);
  for (auto method : {nn::TsneMethod::barnes_hut, nn::TsneMethod::exact}) {
    std::vector<double> costs;
    nn::test::expect_same_bits_with_threads({1, 2, 3}, [&]() -> std::vector<Tensor> {
      const auto result = run(x, {.iterations = 60, .method = method});
      costs.push_back(result.kl_divergence);
      return {result.embedding};
    });
    EXPECT_EQ(costs, std::vector<double>(3, costs[0]));
  }
}

}  // namespace
