// Faults that other libraries had, from public reports: what this one does instead.

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "nn/data/digits.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/unsupervised/kmeans.hpp"
#include "nn/unsupervised/tsne.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "unsupervised/column.hpp"
#include "unsupervised/kmeans_start.hpp"

namespace {

using nn::Index;
using nn::Scalar;
using nn::Tensor;
using nn::test::close;
using nn::test::contains;
using nn::test::message_of;
using nn::test::same_bits;

nn::KMeansResult clusters(const Tensor& x, const nn::KMeansOptions& options,
                          std::uint64_t seed = 0) {
  nn::Rng rng(seed);
  return nn::kmeans(x, options, rng);
}

nn::TsneResult embedded(const Tensor& x, const nn::TsneOptions& options) {
  nn::Rng rng(0);
  return nn::tsne(x, options, rng);
}

class Threads {
 public:
  explicit Threads(int n) : before_(nn::num_threads()) { nn::set_num_threads(n); }
  ~Threads() { nn::set_num_threads(before_); }

 private:
  int before_;
};

TEST(UnsupervisedCases, Case_P47_DuplicatesAndTooManyClusters) {
  const Tensor x = nn::tensor({{1, 1}, {1, 1}, {5, 5}, {5, 5}});
  for (Index k : {3, 4}) {
    for (auto init : {nn::KMeansInit::plus_plus, nn::KMeansInit::random}) {
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto result = clusters(x, {.clusters = k, .init = init}, seed);
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
  message_of<nn::RangeError>([&] { clusters(x, {.clusters = 5}); });
  message_of<nn::RangeError>([&] { clusters(x, {.clusters = 0}); });
}

TEST(UnsupervisedCases, Case_P48_LabelsCentresAndInertiaAgree) {
  const Tensor x = nn::test::column({0, 1, 2, 9, 10, 11, 20});
  const Tensor labels = nn::tensor({0, 0, 0, 1, 1, 1, 1});
  for (Index iterations : {1, 2, 20}) {
    const auto result = clusters(
        x, {.clusters = 2, .max_iterations = iterations, .centres = nn::test::column({0, 1})});
    const bool first = iterations == 1;
    EXPECT_TRUE(close(result.centres, first ? nn::test::column({0, static_cast<Scalar>(53.0 / 6)})
                                            : nn::test::column({1, 12.5})));
    EXPECT_NEAR(result.inertia, first ? 135.777778 : 79, 1e-5);
    EXPECT_TRUE(same_bits(result.labels, labels));
    EXPECT_TRUE(same_bits(result.predict(x), labels));
  }
}

TEST(UnsupervisedCases, Case_P49_DistancesUnderALargeOffset) {
  const nn::KMeansResult given{.centres = nn::test::column({200000, 200001}),
                               .labels = {},
                               .inertia = 0,
                               .iterations = 0,
                               .converged = true,
                               .empty_clusters = 0};
  const Tensor x = nn::test::column({200000.25, 200000.75, 200000.4375, 200000.5625});
  EXPECT_TRUE(same_bits(given.predict(x), nn::tensor({0, 1, 0, 1})));
  const auto moved = clusters(x, {.clusters = 2, .centres = given.centres});
  EXPECT_TRUE(same_bits(moved.labels, nn::tensor({0, 1, 0, 1})));
  EXPECT_GE(moved.inertia, 0);

  // Adding a constant changes no label. These digits plus 4096 are exact in float.
  const Tensor digits = nn::digits().x.slice(0, 0, 500);
  const auto plain = clusters(digits, {.clusters = 10}),
             shifted = clusters(digits + Scalar{4096}, {.clusters = 10});
  EXPECT_TRUE(same_bits(plain.labels, shifted.labels));
  EXPECT_NEAR(shifted.inertia, plain.inertia, 1e-4 * plain.inertia);
}

TEST(UnsupervisedCases, Case_P50_PerplexityAgainstTheNumberOfSamples) {
  const Tensor x = nn::tensor({{0, 0}, {1, 0}, {0, 2}, {3, 1}});
  for (double perplexity : {30.0, 4.0, 3.5, 0.0, -1.0, 0.5, static_cast<double>(NAN)}) {
    EXPECT_TRUE(contains(
        message_of<nn::RangeError>([&] { embedded(x, {.perplexity = perplexity}); }), "n - 1 = 3"));
    message_of<nn::RangeError>([&] { nn::tsne_affinities(x, perplexity); });
  }
  const auto valid = embedded(x, {.perplexity = 3});
  EXPECT_TRUE(nn::all_finite(valid.embedding));
  EXPECT_TRUE(std::isfinite(valid.kl_divergence));
  EXPECT_TRUE(nn::all_finite(embedded(x, {.perplexity = 1}).embedding));
  message_of<nn::ArgumentError>([&] { embedded(Tensor({0, 2}), {}); });
  message_of<nn::ArgumentError>([&] { embedded(x.slice(0, 0, 1), {.perplexity = 1}); });
  message_of<nn::ArgumentError>([&] { embedded(x.slice(0, 0, 2), {.perplexity = 2}); });
  EXPECT_TRUE(nn::all_finite(embedded(x.slice(0, 0, 2), {.perplexity = 1}).embedding));
}

TEST(UnsupervisedCases, Case_P51_IdenticalRows) {
  Tensor half = Tensor::zeros({12, 3});
  for (Index i = 6; i < 12; ++i)
    for (Index j = 0; j < 3; ++j) half(i, j) = static_cast<Scalar>((i * (j + 2)) % 7);
  for (const Tensor& x : {half, Tensor::ones({12, 3})}) {
    for (auto method : {nn::TsneMethod::barnes_hut, nn::TsneMethod::exact}) {
      const auto result = embedded(x, {.perplexity = 3, .method = method});
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

TEST(UnsupervisedCases, Case_P52_Affinities) {
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

TEST(UnsupervisedCases, Case_P30_RandomNumbersAreOurOwn) {
  const Tensor x = nn::test::wave({50, 3});
  nn::Rng rng(42);
  const nn::detail::SampleBlocks samples("test", x, nn::detail::column_means(x));
  EXPECT_EQ(nn::detail::choose_centres(samples, 6, nn::KMeansInit::plus_plus, rng),
            (std::vector<Index>{38, 40, 31, 23, 0, 46}));
  EXPECT_EQ(nn::detail::choose_centres(samples, 6, nn::KMeansInit::random, rng),
            (std::vector<Index>{46, 47, 12, 29, 4, 31}));

  nn::Rng start(42);
  const auto result = nn::tsne(
      x, {.perplexity = 5, .iterations = 1, .learning_rate = 1e-30, .init = nn::TsneInit::random},
      start);
  const double expected[] = {4.967141530112327e-05, -1.3826430117118467e-05, 6.476885381006925e-05,
                             0.00015230298564080253};
  for (Index k = 0; k < 4; ++k)
    EXPECT_EQ(result.embedding.data()[k], static_cast<Scalar>(expected[k]));
}

TEST(UnsupervisedCases, Case_P31_KMeansForAnyNumberOfThreads) {
  const Tensor x = nn::digits().x;
  Threads one(1);
  const auto expected = clusters(x, {.clusters = 10, .starts = 2});
  for (int threads : {1, 2, 3}) {
    nn::set_num_threads(threads);
    const auto result = clusters(x, {.clusters = 10, .starts = 2});
    EXPECT_TRUE(same_bits(result.centres, expected.centres));
    EXPECT_TRUE(same_bits(result.labels, expected.labels));
    EXPECT_EQ(result.inertia, expected.inertia);
  }
}

TEST(UnsupervisedCases, Case_P31_TsneForAnyNumberOfThreads) {
  const Tensor x = nn::digits().x.slice(0, 0, 403);
  Threads one(1);
  for (auto method : {nn::TsneMethod::barnes_hut, nn::TsneMethod::exact}) {
    nn::set_num_threads(1);
    const auto expected = embedded(x, {.iterations = 60, .method = method});
    for (int threads : {1, 2, 3}) {
      nn::set_num_threads(threads);
      const auto result = embedded(x, {.iterations = 60, .method = method});
      EXPECT_TRUE(same_bits(result.embedding, expected.embedding));
      EXPECT_EQ(result.kl_divergence, expected.kl_divergence);
    }
  }
}

}  // namespace
