#include "nn/ops/matmul.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

/// Small whole numbers: their products are exact in any order.
Tensor whole(Index rows, Index columns, int a, int b, int modulus) {
  Tensor t(Shape{rows, columns});
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j)
      t(i, j) = static_cast<Scalar>((a * i + b * j) % modulus - modulus / 2);
  return t;
}

/// alpha A B + beta C + bias by three loops.
Tensor reference(Scalar alpha, const Tensor& a, const Tensor& b, Scalar beta, const Tensor& c,
                 const Tensor& bias) {
  Tensor result = c.clone();
  for (Index i = 0; i < c.size(0); ++i)
    for (Index j = 0; j < c.size(1); ++j) {
      Scalar total = beta == 0 ? 0 : beta * c(i, j);
      for (Index k = 0; k < a.size(1); ++k) total += alpha * a(i, k) * b(k, j);
      result(i, j) = total + bias(j);
    }
  return result;
}

TEST(Matmul, EveryKindOfStrides) {
  for (auto [m, n, k] : {std::array<Index, 3>{1, 1, 1},
                         {3, 4, 5},
                         {17, 9, 33},
                         {1, 10, 40},
                         {40, 1, 10},
                         {33, 65, 7}}) {
    Tensor a = whole(m, k, 3, 5, 7), b = whole(k, n, 2, 7, 5), c = whole(m, n, 1, 4, 9);
    Tensor bias = whole(1, n, 1, 3, 5).reshape({n});
    auto layouts = [](const Tensor& t) {
      return std::vector<Tensor>{t, t.transpose().clone().transpose(), scattered(t)};
    };
    for (const Tensor& u : layouts(a))
      for (const Tensor& v : layouts(b))
        for (const Tensor& w : layouts(c))
          for (Scalar beta : {Scalar{0}, Scalar{1}, Scalar{-2}}) {
            Tensor out = scattered(c);
            if (w.is_contiguous()) out = w.clone();
            if (w.stride(0) == 1) out = w.transpose().clone().transpose();
            gemm(2, u, v, beta, out, &bias);
            ASSERT_TRUE(same_bits(out, reference(2, a, b, beta, c, bias)))
                << m << 'x' << n << 'x' << k;
          }
    EXPECT_TRUE(
        same_bits(matmul(a, b), reference(1, a, b, 0, Tensor::zeros({m, n}), Tensor::zeros({n}))));
  }
}

TEST(Matmul, BroadcastOperands) {
  Tensor ones = Tensor::ones({1, 1}).broadcast_to({2, 3});
  EXPECT_EQ(values(matmul(ones, Tensor::arange(6).reshape({3, 2}))),
            (std::vector<Scalar>{6, 9, 6, 9}));
}

TEST(Matmul, NothingIsWrittenWhereElementsShareMemory) {
  Tensor row = Tensor::ones({1, 3}), c = row.broadcast_to({2, 3}), sums = row.slice(1, 0, 1);
  EXPECT_THROW(gemm(1, Tensor::ones({2, 4}), Tensor::ones({4, 3}), 0, c), ArgumentError);
  sums = sums.broadcast_to({1, 3});
  EXPECT_THROW(column_sums(1, Tensor::ones({2, 3}), 0, sums), ArgumentError);
  EXPECT_TRUE(equal(row, Tensor::ones({1, 3})));
}

TEST(Matmul, WrongShapes) {
  Tensor a = Tensor::zeros({2, 3}), b = Tensor::zeros({3, 4}), c = Tensor::full({2, 4}, 1);
  std::string message = message_of<ShapeError>([&] { matmul(a, a); });
  EXPECT_TRUE(contains(message, "(2, 3)")) << message;
  EXPECT_THROW(matmul(a, tensor({1, 2, 3})), ShapeError);
  EXPECT_THROW(gemm(1, b, a, 0, c), ShapeError);
  Tensor wrong = Tensor::zeros({4, 2});
  EXPECT_THROW(gemm(1, a, b, 0, wrong), ShapeError);
  const Tensor short_bias = tensor({1, 2, 3}), row = Tensor::zeros({1, 4});
  EXPECT_THROW(gemm(1, a, b, 0, c, &short_bias), ShapeError);
  EXPECT_THROW(gemm(1, a, b, 0, c, &row), ShapeError);
  EXPECT_EQ(values(c), std::vector<Scalar>(8, 1));
}

TEST(ColumnSums, EqualTheProductWithOnes) {
  for (Index rows : {0, 1, 2, 37})
    for (Scalar beta : {Scalar{0}, Scalar{1}, Scalar(0.5)}) {
      const Tensor x = wave({rows, 21}), ones = Tensor::ones({1, 1}).broadcast_to({1, rows});
      Tensor y = wave({21}, 1), expected = y.clone().reshape({1, 21}), row = expected.clone();
      gemm(3, ones, x, beta, expected);
      column_sums(3, scattered(x), beta, y);
      column_sums(3, x, beta, row);
      EXPECT_TRUE(same_bits(y, expected.select(0, 0)));
      EXPECT_TRUE(same_bits(row, expected));
    }
}

TEST(ColumnSums, OfAMatrixThatHoldsTheResult) {
  Tensor x = wave({4, 5}), sums = Tensor::zeros({5}), first = x.select(0, 0);
  column_sums(1, x, 0, sums);
  column_sums(1, x, 0, first);
  EXPECT_TRUE(same_bits(first, sums));
}

TEST(ColumnSums, WrongShapes) {
  Tensor y = Tensor::zeros({3}), column = Tensor::zeros({3, 1});
  const std::string message = message_of<ShapeError>([&] { column_sums(1, wave({2, 4}), 0, y); });
  EXPECT_TRUE(contains(message, "(2, 4)") && contains(message, "(3)")) << message;
  EXPECT_THROW(column_sums(1, wave({3}), 0, y), ShapeError);
  EXPECT_THROW(column_sums(1, wave({2, 3}), 0, column), ShapeError);
}

TEST(Matmul, AnUndefinedResultIsMadeAnew) {
  const Tensor a = wave({3, 5}), b = wave({5, 4}, 1), bias = wave({4}, 2);
  Tensor product, sums, zeros = Tensor::zeros({3, 4}), zero_sums = Tensor::zeros({4});
  gemm(2, a, b, 1, product, &bias);
  gemm(2, a, b, 1, zeros, &bias);
  EXPECT_TRUE(same_bits(product, zeros));
  column_sums(2, b, 1, sums);
  column_sums(2, b, 1, zero_sums);
  EXPECT_TRUE(same_bits(sums, zero_sums));
  Tensor c;
  EXPECT_THROW(gemm(1, a, a, 1, c), ShapeError);
  EXPECT_THROW(column_sums(1, bias, 1, c), ShapeError);
  EXPECT_EQ(c.shape(), Shape{0});
}

// One chain would be off by 1e-2 here, since it adds ever smaller terms to an ever larger sum.
TEST(Matmul, LongSumsAreAccurate) {
  const Index count = 1000000;
  const Scalar tenth = Scalar(0.1);
  const double expected = static_cast<double>(count) * tenth;
  const Tensor x = Tensor::full({1, 1}, tenth).broadcast_to({count, 3});
  const Tensor ones = Tensor::ones({1, 1}).broadcast_to({2, count});
  Tensor y, c = Tensor::full({2, 3}, 5);
  column_sums(1, x, 0, y);
  gemm(1, ones, x, 1, c);
  for (Index j = 0; j < 3; ++j) {
    EXPECT_NEAR(y(j), expected, 5e-6 * expected);
    EXPECT_NEAR(c(1, j), expected + 5, 5e-6 * expected);
  }
}

TEST(Matmul, OnesAreCountedBeyondTheMantissa) {
  const Index count = 20000000;
  Tensor y;
  column_sums(1, Tensor::ones({1, 1}).broadcast_to({count, 1}), 0, y);
  EXPECT_EQ(y(0), count);
}

TEST(Matmul, LongRandomSumsAreAccurate) {
  const Index count = 1 << 20;
  const Tensor a = wave({1, count}), b = wave({count, 1}, 1), c = matmul(a, b);
  double sum = 0, size = 0;
  for (Index i = 0; i < count; ++i) {
    const double term = static_cast<double>(a(0, i)) * b(i, 0);
    sum += term;
    size += std::abs(term);
  }
  EXPECT_NEAR(c(0, 0), sum, 5e-6 * size);
}

TEST(Matmul, BitsOfARowDoNotDependOnTheOthers) {
  Tensor a = wave({37, 50}), b = wave({50, 29}, 1), c = matmul(a, b);
  for (Index i : {0, 1, 17, 36})
    EXPECT_TRUE(same_bits(matmul(a.slice(0, i, i + 1), b), c.slice(0, i, i + 1)));
  for (Index j : {0, 8, 28})
    EXPECT_TRUE(same_bits(matmul(a, b.slice(1, j, j + 1)), c.slice(1, j, j + 1)));
}

TEST(Matmul, OneRowMayLieAnywhere) {
  constexpr Index n = 240;  // more than one strip of vectors
  const Tensor x = wave({1, n}), w = wave({n, n}, 1), b = wave({n}, 2);
  Tensor two = Tensor::zeros({2, n});
  gemm(1, x.broadcast_to({2, n}), w, 0, two, &b);
  const Tensor expected = two.slice(0, 0, 1);
  Tensor over_x = x.clone(), wide = Tensor::zeros({n, 2 * n}), both = Tensor::zeros({2 * n});
  gemm(1, over_x, w, 0, over_x, &b);
  Tensor in_wide = wide.slice(1, 0, n), row = wide.slice(0, 3, 4).slice(1, 100, 100 + n);
  in_wide.copy_from(w);
  gemm(1, x, in_wide, 0, row, &b);
  Tensor bias = both.slice(0, 0, n), behind = both.slice(0, 100, 100 + n).reshape({1, n});
  bias.copy_from(b);
  gemm(1, x, w, 0, behind, &bias);
  for (const Tensor& got : {over_x, row, behind}) EXPECT_TRUE(same_bits(got, expected));
  Tensor spaced = Tensor::zeros({n, 2}).select(1, 0);
  spaced.copy_from(b);
  Tensor z, column = Tensor::zeros({n, 1}).transpose();
  gemm(1, scattered(x), scattered(w), 0, z, &spaced);
  gemm(1, x, w, 0, column, &spaced);
  for (const Tensor& got : {z, column}) EXPECT_TRUE(same_bits(got, expected));
}

TEST(ColumnSums, OfNoColumnsAreNone) {
  Tensor y;
  column_sums(1, Tensor::zeros({4, 0}), 0, y);
  EXPECT_EQ(y.shape(), (Shape{0}));
}

}  // namespace
}  // namespace nn::test
