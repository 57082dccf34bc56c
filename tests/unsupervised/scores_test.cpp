#include "nn/unsupervised/scores.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/data/digits.hpp"
#include "nn/unsupervised/kmeans.hpp"
#include "nn/unsupervised/pca.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "unsupervised/column.hpp"

namespace {

using nn::Tensor;
using nn::test::message_of;

// Expected values: sklearn.metrics, sklearn.manifold.trustworthiness, sklearn.neighbors.

TEST(ClusteringScores, AreThoseOfScikitLearn) {
  const Tensor a = nn::tensor({0, 0, 1, 1, 2, 2, 2}), b = nn::tensor({5, 5, 5, 1, 1, 0, 0});
  EXPECT_NEAR(nn::adjusted_rand_index(a, b), 0.2125, 1e-15);
  EXPECT_NEAR(nn::normalized_mutual_information(a, b), 0.5636355530993447, 1e-14);
  EXPECT_NEAR(nn::purity(a, b), 5.0 / 7, 1e-15);
  EXPECT_NEAR(nn::purity(b, a), 5.0 / 7, 1e-15);
}

TEST(ClusteringScores, OfIndependentPartitions) {
  const Tensor a = nn::tensor({0, 0, 1, 1}), b = nn::tensor({0, 1, 0, 1});
  EXPECT_NEAR(nn::adjusted_rand_index(a, b), -0.5, 1e-15);
  EXPECT_EQ(nn::normalized_mutual_information(a, b), 0);
  EXPECT_EQ(nn::purity(a, b), 0.5);
}

TEST(ClusteringScores, NamesOfLabelsDoNotMatter) {
  const Tensor a = nn::tensor({0, 1, 1, 2}), b = nn::tensor({-7.5, 3, 3, 0.25});
  EXPECT_EQ(nn::adjusted_rand_index(a, b), 1);
  EXPECT_EQ(nn::normalized_mutual_information(a, b), 1);
  EXPECT_EQ(nn::purity(a, b), 1);
}

TEST(ClusteringScores, OfEqualPartitionsAreExactlyOne) {
  for (nn::Index n : {2, 5, 7, 9, 13, 100, 997})
    for (nn::Index classes : {2, 3, 7, 10, 60}) {
      nn::Rng rng(static_cast<std::uint64_t>(n));
      Tensor a({n}), b({n});
      for (nn::Index i = 0; i < n; ++i) {
        const auto label = rng.below(classes);
        a(i) = static_cast<nn::Scalar>(label);
        b(i) = static_cast<nn::Scalar>(7 * label % 61);
      }
      for (auto score : {nn::adjusted_rand_index, nn::normalized_mutual_information, nn::purity}) {
        EXPECT_EQ(score(a, a), 1);
        EXPECT_EQ(score(a, b), 1);
        EXPECT_EQ(score(b, a), 1);
      }
    }
}

TEST(ClusteringScores, OfTrivialPartitions) {
  const Tensor one = nn::tensor({4, 4, 4}), all = nn::tensor({1, 2, 3});
  EXPECT_EQ(nn::adjusted_rand_index(one, one), 1);
  EXPECT_EQ(nn::adjusted_rand_index(all, all), 1);
  EXPECT_EQ(nn::adjusted_rand_index(one, all), 0);
  EXPECT_EQ(nn::normalized_mutual_information(one, one), 1);
  EXPECT_EQ(nn::normalized_mutual_information(one, all), 0);
  EXPECT_EQ(nn::adjusted_rand_index(nn::tensor({3}), nn::tensor({5})), 1);
}

TEST(ClusteringScores, OfKMeansOnDigits) {
  const nn::Dataset digits = nn::digits();
  const Tensor &x = digits.x, &y = digits.y;
  nn::Rng rng(0);
  const auto result = nn::kmeans(x, {.clusters = 10, .centres = x.slice(0, 0, 10)}, rng);
  EXPECT_NEAR(nn::adjusted_rand_index(y, result.labels), 0.6523742313677887, 1e-12);
  EXPECT_NEAR(nn::normalized_mutual_information(y, result.labels), 0.7487488327276072, 1e-12);
  EXPECT_NEAR(nn::purity(y, result.labels), 0.7913188647746243, 1e-12);
}

TEST(ClusteringScores, Errors) {
  const Tensor a = nn::tensor({0, 1}), empty = Tensor({0});
  for (auto score : {nn::adjusted_rand_index, nn::normalized_mutual_information, nn::purity}) {
    message_of<nn::ShapeError>([&] { score(a, nn::tensor({0, 1, 2})); });
    message_of<nn::ShapeError>([&] { score(empty, empty); });
    message_of<nn::ShapeError>([&] { score(a.reshape({2, 1}), a.reshape({2, 1})); });
    message_of<nn::ArgumentError>([&] { score(a, nn::tensor({0, static_cast<nn::Scalar>(NAN)})); });
  }
}

TEST(Trustworthiness, IsThatOfScikitLearn) {
  const Tensor x = nn::test::wave({60, 5});
  Tensor embedding = nn::test::wave({60, 2}, 0.5);
  for (nn::Index i = 0; i < 60; ++i)
    for (nn::Index j = 0; j < 2; ++j) embedding(i, j) += x(i, j);
  EXPECT_NEAR(nn::trustworthiness(x, embedding, 1), 0.6224137931034484, 1e-12);
  EXPECT_NEAR(nn::trustworthiness(x, embedding, 5), 0.6857051282051282, 1e-12);
  EXPECT_NEAR(nn::trustworthiness(x, embedding, 12), 0.7126506024096386, 1e-12);
  EXPECT_NEAR(nn::trustworthiness(x, embedding, 29), 0.6786278735632184, 1e-12);
  EXPECT_EQ(nn::trustworthiness(x, x, 12), 1);
}

TEST(Trustworthiness, OfDigitsIsNearScikitLearns) {
  // Many distances are equal there, and scikit-learn leaves their order open.
  const Tensor x = nn::digits().x.slice(0, 0, 300);
  const nn::PCA pca(x, 2);
  EXPECT_NEAR(nn::trustworthiness(x, pca.transform(x), 12), 0.8734389184922045, 1e-4);
}

TEST(Trustworthiness, Errors) {
  const Tensor x = nn::test::wave({10, 3});
  message_of<nn::RangeError>([&] { (void)nn::trustworthiness(x, x, 5); });
  message_of<nn::RangeError>([&] { (void)nn::trustworthiness(x, x, 0); });
  message_of<nn::ShapeError>([&] { (void)nn::trustworthiness(x, x.slice(0, 0, 9), 2); });
  for (double value : {double{NAN}, 0.6 * std::numeric_limits<nn::Scalar>::max()}) {
    Tensor bad = x.clone();
    bad(3, 1) = static_cast<nn::Scalar>(value);
    EXPECT_TRUE(nn::test::contains(
        message_of<nn::ArgumentError>([&] { (void)nn::trustworthiness(x, bad, 2); }),
        "the points of the embedding"));
  }
}

TEST(NearestNeighbourAccuracy, IsThatOfScikitLearn) {
  const nn::Dataset digits = nn::digits().slice(0, 300);
  const Tensor &x = digits.x, &y = digits.y;
  const Tensor embedding = nn::PCA(x, 2).transform(x);
  EXPECT_NEAR(nn::nearest_neighbour_accuracy(x, y, 5), 0.98, 1e-12);
  EXPECT_NEAR(nn::nearest_neighbour_accuracy(embedding, y, 5), 0.7033333333333334, 1e-12);
  EXPECT_NEAR(nn::nearest_neighbour_accuracy(embedding, y, 1), 0.6566666666666666, 1e-12);
}

TEST(NearestNeighbourAccuracy, TiesGoToTheSmallestLabel) {
  // Where the two others have labels 1 and 2, 1 is taken.
  const Tensor x = nn::test::column({0, 1, -1});
  EXPECT_NEAR(nn::nearest_neighbour_accuracy(x, nn::tensor({1, 1, 2}), 2), 2.0 / 3, 1e-15);
  EXPECT_NEAR(nn::nearest_neighbour_accuracy(x, nn::tensor({2, 1, 2}), 2), 0, 1e-15);
}

TEST(NearestNeighbourAccuracy, Errors) {
  const Tensor x = nn::test::wave({10, 3}), y = Tensor::arange(10);
  message_of<nn::RangeError>([&] { (void)nn::nearest_neighbour_accuracy(x, y, 10); });
  message_of<nn::RangeError>([&] { (void)nn::nearest_neighbour_accuracy(x, y, 0); });
  message_of<nn::ShapeError>([&] { (void)nn::nearest_neighbour_accuracy(x, Tensor({9}), 1); });
}

}  // namespace
