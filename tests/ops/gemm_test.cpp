#include <gtest/gtest.h>

#include <cmath>

#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"
#include "nn/ops/softmax.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

const Scalar kNan = NAN;

TEST(Gemm, DoesNotReadCUnderABetaOfZero) {
  for (Index m : {1, 5, 16, 17, 33})
    for (Index n : {1, 7, 16, 17, 33}) {
      Tensor expected = Tensor::full({m, n}, 5), row = Tensor::full({m, n}, kNan);
      Tensor column = Tensor::full({n, m}, kNan).transpose();
      Tensor loose = scattered(row);
      for (Tensor* c : {&row, &column, &loose}) {
        gemm(1, Tensor::ones({m, 5}), Tensor::ones({5, n}), 0, *c);
        EXPECT_TRUE(same_bits(*c, expected));
      }
    }
}

TEST(Gemm, AnEmptySumIsZero) {
  Tensor a = Tensor::zeros({2, 0}), b = Tensor::zeros({0, 3});
  Tensor c = Tensor::full({2, 3}, kNan);
  gemm(1, a, b, 0, c);
  EXPECT_TRUE(same_bits(c, Tensor::zeros({2, 3})));
  c.fill(1);
  gemm(1, a, b, 2, c);
  EXPECT_TRUE(same_bits(c, Tensor::full({2, 3}, 2)));
  const Tensor bias = tensor({7, 8, 9});
  gemm(1, a, b, 0, c, &bias);
  EXPECT_TRUE(same_bits(c, tensor({{7, 8, 9}, {7, 8, 9}})));
  EXPECT_TRUE(same_bits(matmul(a, b), Tensor::zeros({2, 3})));
}

TEST(Gemm, AnEmptyResultHasItsShape) {
  EXPECT_EQ(matmul(Tensor::zeros({0, 4}), Tensor::zeros({4, 3})).shape(), (Shape{0, 3}));
  EXPECT_EQ(matmul(Tensor::zeros({3, 4}), Tensor::zeros({4, 0})).shape(), (Shape{3, 0}));
  EXPECT_EQ(matmul(Tensor::zeros({0, 0}), Tensor::zeros({0, 0})).shape(), (Shape{0, 0}));
}

TEST(Gemm, ZeroTimesNanOrInfinityIsNan) {
  for (Scalar bad : {kNan, Scalar(INFINITY)}) {
    Tensor c = matmul(tensor({{0, 1}}), tensor({{bad, bad}, {2, 2}}).slice(1, 0, 1));
    EXPECT_TRUE(std::isnan(c.item()));
  }
}

TEST(Gemm, NanAndInfinityReachTheirColumnAlone) {
  for (Scalar bad : {kNan, Scalar(INFINITY)}) {
    Tensor a = Tensor::zeros({64, 64}), b = Tensor::zeros({64, 64});
    a(0, 1) = 1;
    b(0, 0) = bad;
    b(1, 0) = 2;
    for (const Tensor& c : {matmul(a, b), matmul(b.transpose(), a.transpose()).transpose(),
                            matmul(scattered(a), scattered(b))})
      for (Index i = 0; i < 64; ++i)
        for (Index j = 0; j < 64; ++j) {
          EXPECT_TRUE(j == 0 ? std::isnan(c(i, j)) : c(i, j) == 0);
        }
  }
}

TEST(Gemm, KeepsSubnormalNumbers) {
  const Scalar tiny = is_double ? Scalar(1e-310) : Scalar(1e-40);
  ASSERT_EQ(std::fpclassify(tiny), FP_SUBNORMAL);
  volatile Scalar before = tiny, one = 1;
  const Scalar product = before * one;
  Tensor c = matmul(Tensor::full({256, 256}, tiny), Tensor::ones({256, 256}));
  EXPECT_TRUE(same_bits(c, Tensor::full({256, 256}, 256 * tiny)));
  EXPECT_TRUE(same_bits(Tensor::full({5}, tiny) * 1, Tensor::full({5}, tiny)));
  exp(c), tanh(c), sigmoid(c), softmax(c);
  const Scalar after = before * one;  // the caller's processor does not flush them either
  EXPECT_EQ(product, tiny);
  EXPECT_EQ(after, tiny);
}

TEST(Gemm, CMayBeAnOperand) {
  Tensor a = tensor({{0, 1}, {1, 0}}), c = tensor({{1, 2}, {3, 4}});
  gemm(1, a, c, 0, c);
  EXPECT_TRUE(same_bits(c, tensor({{3, 4}, {1, 2}})));
  gemm(1, c, a, 0, c);
  EXPECT_TRUE(same_bits(c, tensor({{4, 3}, {2, 1}})));
  gemm(1, c, c, 1, c);
  EXPECT_TRUE(same_bits(c, tensor({{26, 18}, {12, 8}})));
  gemm(1, a, c.transpose(), 0, c);
  EXPECT_TRUE(same_bits(c, tensor({{18, 8}, {26, 12}})));
}

TEST(Gemm, CMayBeAnOperandOfManyTiles) {
  for (Index n : {40, 150}) {
    Tensor c = wave({n, n}), reversal = Tensor::zeros({n, n});
    for (Index i = 0; i < n; ++i) reversal(i, n - 1 - i) = 1;
    Tensor rows = matmul(reversal, c), columns = matmul(c, reversal);
    for (auto layout : {+[](const Tensor& t) { return t.clone(); },
                        +[](const Tensor& t) { return t.transpose().clone().transpose(); },
                        +[](const Tensor& t) { return scattered(t); }}) {
      Tensor left = layout(c), right = layout(c), both = layout(c);
      gemm(1, reversal, left, 0, left);
      EXPECT_TRUE(same_bits(left, rows));
      gemm(1, right, reversal, 0, right);
      EXPECT_TRUE(same_bits(right, columns));
      gemm(1, both.transpose(), both, 0, both);
      EXPECT_TRUE(same_bits(both, matmul(c.transpose(), c)));
    }
  }
}

TEST(Gemm, CMayOverlapAnOperand) {
  Tensor whole = Tensor::arange(6).reshape({3, 2}), x = whole.slice(0, 0, 2);
  Tensor c = whole.slice(0, 1, 3);
  gemm(1, tensor({{0, 1}, {1, 0}}), x, 0, c);
  EXPECT_TRUE(same_bits(whole, tensor({{0, 1}, {2, 3}, {0, 1}})));
}

TEST(Gemm, TheBiasMayBeARowOfC) {
  Tensor c = tensor({{1, 2}, {3, 4}});
  const Tensor bias = c.select(0, 1);
  gemm(1, Tensor::ones({2, 1}), Tensor::ones({1, 2}), 1, c, &bias);
  EXPECT_TRUE(same_bits(c, tensor({{5, 7}, {7, 9}})));
}

}  // namespace
}  // namespace nn::test
