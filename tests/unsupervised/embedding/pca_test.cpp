#include "nn/unsupervised/pca.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/data/digits.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace {

using nn::Index;
using nn::Tensor;
using nn::test::close;
using nn::test::message_of;

constexpr double kTolerance = nn::test::is_double ? 1e-9 : 2e-5;

// Expected values: sklearn.decomposition.PCA(svd_solver="full"), signs by our rule.

TEST(PCA, OfDigitsIsThatOfScikitLearn) {
  const Tensor x = nn::digits().x;
  const nn::PCA pca(x, 5);
  EXPECT_TRUE(close(pca.explained_variance(),
                    nn::tensor({179.006930097972, 163.717746881678, 141.788439092284,
                                101.100375202848, 69.513165590987}),
                    kTolerance));
  EXPECT_TRUE(close(
      pca.explained_variance_ratio(),
      nn::tensor({0.148905935841, 0.136187712396, 0.11794593764, 0.08409979421, 0.05782414664}),
      kTolerance));
  const Tensor expected = nn::tensor(
      {{-1.259466450102, -21.274883480738, 9.463054617605, -13.014188691055, 7.128822779244},
       {7.957611300011, 20.768698956046, -4.439506038749, 14.893664435394, -5.896248780419}});
  EXPECT_TRUE(close(pca.transform(x.slice(0, 0, 2)), expected, kTolerance));
  EXPECT_NEAR(pca.components()(4, 21), 0.3621621823174, kTolerance);
}

TEST(PCA, OfFewerSamplesThanFeatures) {
  const Tensor x = nn::test::wave({4, 6});  // of rank 2
  const nn::PCA pca(x, 2);
  EXPECT_TRUE(
      close(pca.explained_variance(), nn::tensor({2.1188294618708, 1.5859857636192}), kTolerance));
  EXPECT_TRUE(close(pca.components(),
                    nn::tensor({{-0.363744498286, 0.462251733859, 0.244627316513, -0.525289499633,
                                 -0.109265996635, 0.553446143794},
                                {0.426338668756, 0.373311272729, -0.522536873055, -0.23865927441,
                                 0.584036740096, 0.088159437555}}),
                    kTolerance));
  EXPECT_TRUE(close(pca.inverse_transform(pca.transform(x)), x, kTolerance));
}

TEST(PCA, ComponentsAreOrthonormalEvenWithoutVariance) {
  // 20 samples on a line in 3 or in 30 dimensions: all components but one have no variance.
  for (Index d : {3, 30}) {
    Tensor x({20, d});
    for (Index i = 0; i < 20; ++i)
      for (Index j = 0; j < d; ++j) x(i, j) = static_cast<nn::Scalar>(i * (j % 3 - 1));
    const Index k = std::min<Index>(20, d);
    const nn::PCA pca(x, k);
    Tensor identity = Tensor::zeros({k, k});
    for (Index i = 0; i < k; ++i) identity(i, i) = 1;
    EXPECT_TRUE(
        close(nn::matmul(pca.components(), pca.components().transpose()), identity, kTolerance));
    EXPECT_NEAR(pca.explained_variance_ratio()(0), 1, kTolerance);
    EXPECT_TRUE(close(pca.inverse_transform(pca.transform(x)), x, kTolerance));
  }
}

TEST(PCA, OfEqualSamples) {
  const nn::PCA pca(Tensor::full({5, 2}, 3), 2);
  EXPECT_TRUE(close(pca.explained_variance(), nn::tensor({0, 0})));
  EXPECT_TRUE(close(pca.explained_variance_ratio(), nn::tensor({0, 0})));
  EXPECT_TRUE(close(pca.mean(), nn::tensor({3, 3})));
}

/// The bits of a result may not depend on the unit of x, if that is a power of two.
TEST(PCA, OfAnyScale) {
  for (const nn::Shape& shape : {nn::Shape{40, 7}, nn::Shape{6, 8}, nn::Shape{6, 40}}) {
    const Tensor x = nn::test::wave(shape);
    const Index k = std::min<Index>(6, shape[1]);
    const nn::PCA pca(x, k);
    for (int exponent : nn::test::is_double ? std::vector{-1000, -600, -515, -300, 300, 508}
                                            : std::vector{-100, -60, 60}) {
      const auto unit = static_cast<nn::Scalar>(std::ldexp(1.0, exponent));
      const nn::PCA scaled(x * unit, k);
      EXPECT_TRUE(nn::test::same_bits(scaled.components(), pca.components())) << exponent;
      EXPECT_TRUE(
          nn::test::same_bits(scaled.explained_variance_ratio(), pca.explained_variance_ratio()));
      EXPECT_TRUE(
          nn::test::same_bits(scaled.explained_variance(), pca.explained_variance() * unit * unit));
    }
  }
}

TEST(PCA, OfColumnsOfMixedScales) {
  for (int step : nn::test::is_double ? std::vector{7, 15, 40} : std::vector{1, 3, 6})
    for (const nn::Shape& shape : {nn::Shape{40, 8}, nn::Shape{8, 8}, nn::Shape{5, 8}}) {
      nn::Rng rng(3);
      Tensor x = rng.randn(shape);
      for (Index i = 0; i < shape[0]; ++i)
        for (int j = 0; j < 8; ++j)
          x(i, j) *= static_cast<nn::Scalar>(std::pow(10.0, -step * (3 * j % 8)));
      const Index k = std::min<Index>(shape[0], 8);
      const nn::PCA pca(x, k);
      Tensor identity = Tensor::zeros({k, k});
      for (Index i = 0; i < k; ++i) identity(i, i) = 1;
      EXPECT_TRUE(
          close(nn::matmul(pca.components(), pca.components().transpose()), identity, kTolerance));
      EXPECT_TRUE(close(pca.inverse_transform(pca.transform(x)), x, kTolerance));
    }
}

TEST(PCA, VariancesThatOverflow) {
  const Tensor x = nn::test::wave({6, 8});
  const auto large = static_cast<nn::Scalar>(nn::test::is_double ? 2e154 : 2e19);
  const std::string message = message_of<nn::ArgumentError>([&] { nn::PCA(x * large, 2); });
  EXPECT_TRUE(nn::test::contains(message, "overflow")) << message;
  EXPECT_NO_THROW(nn::PCA(x * (large / 4), 2));
}

TEST(PCA, OfSamplesFarFromZero) {
  // Whole numbers, so that the offset changes no sample.
  nn::Rng rng(4);
  Tensor x = rng.randn({200, 6}) * 5;
  for (Index k = 0; k < x.numel(); ++k) x.data()[k] = std::round(x.data()[k]);
  for (double offset : {1e4, 1e6, -8e6}) {
    const Tensor far = x + static_cast<nn::Scalar>(offset);
    for (Index k : {2, 6}) {
      const nn::PCA here(x, k), there(far, k);
      EXPECT_TRUE(close(there.components(), here.components(), kTolerance));
      EXPECT_TRUE(close(there.explained_variance(), here.explained_variance(), kTolerance));
      EXPECT_TRUE(close(there.transform(far), here.transform(x), kTolerance)) << offset;
    }
    const nn::PCA all(far, 6);  // loses no direction: the same whole numbers come back
    EXPECT_TRUE(nn::equal(all.inverse_transform(all.transform(far)), far)) << offset;
  }
}

TEST(PCA, SignIsFixed) {
  const Tensor x = nn::test::wave({40, 7});
  const nn::PCA pca(x, 7), mirrored(x * nn::Scalar{-1}, 7);
  for (Index c = 0; c < 7; ++c) {
    double largest = 0;
    for (Index j = 0; j < 7; ++j)
      if (std::abs(pca.components()(c, j)) > std::abs(largest)) largest = pca.components()(c, j);
    EXPECT_GT(largest, 0);
  }
  EXPECT_TRUE(close(mirrored.components(), pca.components(), kTolerance));
}

TEST(PCA, Errors) {
  const Tensor x = nn::test::wave({4, 3});
  message_of<nn::RangeError>([&] { nn::PCA(x, 0); });
  message_of<nn::RangeError>([&] { nn::PCA(x, 4); });
  message_of<nn::RangeError>([&] { nn::PCA(x.slice(0, 0, 1), 1); });
  message_of<nn::ShapeError>([&] { nn::PCA(x.select(0, 0), 1); });
  message_of<nn::ShapeError>([&] { nn::PCA(Tensor({0, 3}), 1); });
  Tensor bad = x.clone();
  bad(2, 1) = static_cast<nn::Scalar>(NAN);
  message_of<nn::ArgumentError>([&] { nn::PCA(bad, 1); });
  const nn::PCA pca(x, 2);
  message_of<nn::ShapeError>([&] { (void)pca.transform(Tensor({2, 4})); });
  message_of<nn::ShapeError>([&] { (void)pca.inverse_transform(Tensor({2, 3})); });
}

TEST(PCA, TakesAnyStrides) {
  const Tensor x = nn::test::wave({30, 5});
  EXPECT_TRUE(nn::test::same_bits(nn::PCA(nn::test::scattered(x), 3).components(),
                                  nn::PCA(x, 3).components()));
}

}  // namespace
