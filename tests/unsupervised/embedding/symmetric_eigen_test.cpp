#include "unsupervised/embedding/symmetric_eigen.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"

namespace {

using nn::Index;
using Doubles = std::vector<double>;

double at(const Doubles& matrix, Index n, Index i, Index j) {
  return matrix[static_cast<std::size_t>(i * n + j)];
}

/// A v = lambda v, V V^T = I, descending; all within `tolerance`.
void expect_eigen(const Doubles& a, Index n, double tolerance) {
  const auto eigen = nn::detail::symmetric_eigen(a, n);
  ASSERT_EQ(eigen.values.size(), static_cast<std::size_t>(n));
  EXPECT_TRUE(std::is_sorted(eigen.values.rbegin(), eigen.values.rend()));
  for (Index v = 0; v < n; ++v) {
    for (Index i = 0; i < n; ++i) {
      double product = 0, dot = 0;
      for (Index j = 0; j < n; ++j) {
        product += at(a, n, std::max(i, j), std::min(i, j)) * at(eigen.vectors, n, v, j);
        dot += at(eigen.vectors, n, i, j) * at(eigen.vectors, n, v, j);
      }
      ASSERT_NEAR(product, eigen.values[static_cast<std::size_t>(v)] * at(eigen.vectors, n, v, i),
                  tolerance);
      ASSERT_NEAR(dot, i == v ? 1 : 0, 1e-13);
    }
  }
}

Doubles wave_matrix(Index n) {
  Doubles a(static_cast<std::size_t>(n * n));
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j <= i; ++j)
      a[static_cast<std::size_t>(i * n + j)] = std::sin(static_cast<double>(7 * i + 3 * j * j));
  return a;
}

TEST(SymmetricEigen, DiagonalisesAnyMatrix) {
  for (Index n : {1, 2, 3, 4, 17, 60}) expect_eigen(wave_matrix(n), n, 1e-12);
}

TEST(SymmetricEigen, OfDegenerateMatrices) {
  Doubles ones(25, 1.0), zero(25), identity(25), blocks(25);
  for (std::size_t i = 0; i < 5; ++i) identity[i * 6] = 1;
  blocks[0] = blocks[6] = 2;
  blocks[5] = 1;
  blocks[24] = -3;
  for (const Doubles& a : {ones, zero, identity, blocks}) expect_eigen(a, 5, 1e-13);
}

TEST(SymmetricEigen, OfWideRanges) {
  Doubles a = wave_matrix(12);
  for (std::size_t i = 0; i < 12; ++i)
    for (std::size_t j = 0; j < 12; ++j)
      a[i * 12 + j] *= std::pow(10.0, -static_cast<double>(i + j));
  expect_eigen(a, 12, 1e-14);
}

TEST(SymmetricEigen, OfAnyScale) {
  const Index n = 9;
  Doubles a(static_cast<std::size_t>(n * n));
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j <= i; ++j)
      a[static_cast<std::size_t>(i * n + j)] = static_cast<double>((7 * i + 3 * j * j) % 11 - 5);
  const auto expected = nn::detail::symmetric_eigen(a, n);
  for (int exponent : {-1074, -1040, -500, 500, 1018}) {  // from the smallest subnormal number on
    Doubles scaled = a;
    for (double& value : scaled) value = std::ldexp(value, exponent);
    const auto eigen = nn::detail::symmetric_eigen(scaled, n);
    EXPECT_EQ(eigen.vectors, expected.vectors) << exponent;
    for (std::size_t i = 0; i < eigen.values.size(); ++i)
      EXPECT_EQ(eigen.values[i], std::ldexp(expected.values[i], exponent));
  }
}

TEST(SymmetricEigen, OfRangesBeyondThoseOfDouble) {
  Doubles a = wave_matrix(12);
  for (std::size_t i = 0; i < 12; ++i)
    for (std::size_t j = 0; j < 12; ++j)
      a[i * 12 + j] *= std::pow(10.0, -15 * static_cast<double>(i + j));
  expect_eigen(a, 12, 1e-14);
}

TEST(SymmetricEigen, EndsForWhatIsNotFinite) {
  for (double value : {std::nan(""), HUGE_VAL}) {
    Doubles a = wave_matrix(5);
    a[15] = value;
    EXPECT_THROW(nn::detail::symmetric_eigen(a, 5), nn::ArgumentError);
  }
}

TEST(SymmetricEigen, KnownValues) {
  const auto eigen = nn::detail::symmetric_eigen({2, 0, 0, 1, 2, 0, 0, 1, 2}, 3);
  EXPECT_NEAR(eigen.values[0], 2 + std::sqrt(2), 1e-14);
  EXPECT_NEAR(eigen.values[1], 2, 1e-14);
  EXPECT_NEAR(eigen.values[2], 2 - std::sqrt(2), 1e-14);
}

}  // namespace
