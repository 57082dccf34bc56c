#include "nn/ops/elementwise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nn/core/error.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

using Values = std::vector<Scalar>;
using Unary = Tensor (*)(const Tensor&);

TEST(Elementwise, ArithmeticOfTensors) {
  Tensor a = tensor({1, -2, 3}), b = tensor({4, 8, -2});
  EXPECT_EQ(values(a + b), (Values{5, 6, 1}));
  EXPECT_EQ(values(a - b), (Values{-3, -10, 5}));
  EXPECT_EQ(values(a * b), (Values{4, -16, -6}));
  EXPECT_EQ(values(b / a), (Values{4, -4, Scalar{-2} / 3}));
  EXPECT_EQ(values(-a), (Values{-1, 2, -3}));
}

TEST(Elementwise, ArithmeticWithANumber) {
  Tensor a = tensor({1, -2, 4});
  EXPECT_EQ(values(a + 1), (Values{2, -1, 5}));
  EXPECT_EQ(values(1 + a), (Values{2, -1, 5}));
  EXPECT_EQ(values(a - 1), (Values{0, -3, 3}));
  EXPECT_EQ(values(1 - a), (Values{0, 3, -3}));
  EXPECT_EQ(values(a * 2), (Values{2, -4, 8}));
  EXPECT_EQ(values(2 * a), (Values{2, -4, 8}));
  EXPECT_EQ(values(a / 2), (Values{0.5, -1, 2}));
  EXPECT_EQ(values(2 / a), (Values{2, -1, 0.5}));
}

TEST(Elementwise, Broadcasting) {
  Tensor a = Tensor::arange(6).reshape({2, 3}), row = tensor({10, 20, 30});
  Tensor column = tensor({100, 200}).reshape({2, 1});
  EXPECT_EQ(values(a + row), (Values{10, 21, 32, 13, 24, 35}));
  EXPECT_EQ(values(row - a), (Values{10, 19, 28, 7, 16, 25}));
  EXPECT_EQ(values(a + column), (Values{100, 101, 102, 203, 204, 205}));
  EXPECT_EQ(values(column + row), (Values{110, 120, 130, 210, 220, 230}));
  EXPECT_EQ(values(a * Tensor::full({}, 2)), (Values{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ((Tensor::zeros({0, 3}) + row).shape(), (Shape{0, 3}));
  EXPECT_EQ((Tensor::zeros({1, 0}) + column).shape(), (Shape{2, 0}));
  EXPECT_THROW(a + tensor({1, 2}), ShapeError);
  EXPECT_THROW(Tensor::zeros({0}) * row, ShapeError);
}

TEST(Elementwise, AnyStridesGiveTheBitsOfContiguous) {
  for (const Shape& shape : {Shape{7}, Shape{5, 9}, Shape{2, 3, 4}, Shape{2, 1, 3, 2}}) {
    Tensor x = wave(shape), y = wave(shape, 1);
    for (const Tensor& u : {x, scattered(x)})
      for (const Tensor& v : {y, scattered(y)}) {
        EXPECT_TRUE(same_bits(u + v, x + y));
        EXPECT_TRUE(same_bits(u * v, x * y));
        EXPECT_TRUE(same_bits(maximum(u, v), maximum(x, y)));
        EXPECT_TRUE(equal(u, x));
        EXPECT_TRUE(allclose(u, x, 0, 0));
        EXPECT_FALSE(equal(u, y));
      }
    for (Unary f : {Unary(exp), Unary(log), Unary(tanh), Unary(sigmoid), Unary(sqrt), Unary(abs)}) {
      EXPECT_TRUE(same_bits(f(abs(scattered(x))), f(abs(x))));
      EXPECT_TRUE(f(scattered(x)).is_contiguous());
    }
    EXPECT_TRUE(same_bits(scattered(x) * 3, x * 3));
  }
}

TEST(Elementwise, ResultsAreNew) {
  Tensor a = tensor({1, 2});
  for (Unary f : {Unary(exp), Unary(abs), Unary(sqrt)}) EXPECT_FALSE(may_overlap(f(a), a));
  EXPECT_FALSE(may_overlap(a * 1, a));
  EXPECT_EQ(values(a), (Values{1, 2}));
}

TEST(Elementwise, FunctionsAgreeWithTheCLibrary) {
  Tensor x = wave({200}) * 20;
  double tol = 4 * epsilon;
  for (Index i = 0; i < 200; ++i) {
    double v = x(i);
    auto near = [&](Scalar got, double expected) {
      EXPECT_NEAR(got, expected, tol * std::abs(expected)) << v;
    };
    near(exp(x)(i), std::exp(v));
    near(tanh(x)(i), std::tanh(v));
    near(sigmoid(x)(i), 1 / (1 + std::exp(-v)));
    near(log(abs(x))(i), std::log(std::abs(v)));
    near(sqrt(abs(x))(i), std::sqrt(std::abs(v)));
  }
}

TEST(Elementwise, LongTensorsAreThreaded) {
  Tensor x = wave({100003}), y = exp(x);
  for (Index i : {0, 1, 32767, 32768, 65535, 65536, 100002})
    EXPECT_TRUE(same_bits(y.slice(0, i, i + 1), exp(x.slice(0, i, i + 1))));
}

TEST(Elementwise, MaximumAndMinimumKeepNan) {
  Tensor a = tensor({1, NAN, 3, NAN, INFINITY}), b = tensor({2, 2, NAN, NAN, -INFINITY});
  Tensor most = maximum(a, b), least = minimum(a, b);
  EXPECT_EQ(most(0), 2);
  EXPECT_EQ(least(0), 1);
  for (Index i : {1, 2, 3}) {
    EXPECT_TRUE(std::isnan(most(i)));
    EXPECT_TRUE(std::isnan(least(i)));
  }
  EXPECT_EQ(most(4), INFINITY);
  EXPECT_EQ(least(4), -INFINITY);
}

TEST(Elementwise, Axpy) {
  Tensor y = Tensor::arange(6).reshape({2, 3});
  axpy(2, tensor({1, 10, 100}), y);
  EXPECT_EQ(values(y), (Values{2, 21, 202, 5, 24, 205}));
  Tensor column = y.select(1, 0);
  axpy(-1, tensor({2, 5}), column);
  EXPECT_EQ(values(y), (Values{0, 21, 202, 0, 24, 205}));
  EXPECT_THROW(axpy(1, tensor({1, 2}), y), ShapeError);
  EXPECT_THROW(axpy(1, Tensor::zeros({1, 2, 3}), y), ShapeError);
  EXPECT_EQ(values(y), (Values{0, 21, 202, 0, 24, 205}));
  Tensor none = Tensor::zeros({0, 3});
  axpy(1, tensor({1, 2, 3}), none);
}

TEST(Elementwise, AxpyToAnUndefinedResult) {
  const Tensor x = tensor({{1, -Scalar{0}}, {-3, 4}});
  Tensor y, zeros = Tensor::zeros({2, 2});
  axpy(2, x.transpose(), y);
  axpy(2, x.transpose(), zeros);
  EXPECT_TRUE(same_bits(y, zeros));
}

TEST(Elementwise, AxpyRoundsTheProduct) {
  Scalar third = Scalar{1} / 3;
  Tensor y = tensor({-third * third});
  axpy(third, tensor({third}), y);
  EXPECT_EQ(y(0), 0);  // fused, the product's rounding error would remain
}

TEST(Elementwise, AxpyWithAViewOfItsTarget) {
  auto check = [](auto view) {
    Tensor y = Tensor::arange(9).reshape({3, 3}), x = view(y);
    Tensor expected = y + 2 * x.clone();
    axpy(2, x, y);
    EXPECT_TRUE(same_bits(y, expected));
  };
  check([](const Tensor& y) { return y; });
  check([](const Tensor& y) { return y.transpose(); });
  check([](const Tensor& y) { return y.slice(0, 0, 1); });
  check([](const Tensor& y) { return y.slice(1, 0, 1); });
  check([](const Tensor& y) { return y.slice(1, 2, 3); });
  check([](const Tensor& y) { return y.select(0, 2); });
  check([](const Tensor& y) { return y.select(0, 0).slice(0, 0, 1); });
  Tensor line = Tensor::arange(5), target = line.slice(0, 1, 5);
  axpy(1, line.slice(0, 0, 4), target);
  EXPECT_EQ(values(line), (Values{0, 1, 3, 5, 7}));
}

TEST(Elementwise, Scal) {
  Tensor y = Tensor::arange(6).reshape({2, 3}), column = y.select(1, 1);
  scal(10, column);
  EXPECT_EQ(values(y), (Values{0, 10, 2, 3, 40, 5}));
  scal(0, y);
  EXPECT_EQ(values(y), Values(6, 0));
}

TEST(Elementwise, NothingIsWrittenWhereElementsShareMemory) {
  Tensor w = tensor({2}), rows = w.broadcast_to({3}), windows = Tensor::ones({6}).unfold(0, 2, 1);
  EXPECT_THROW(scal(2, rows), ArgumentError);
  EXPECT_THROW(axpy(1, Tensor::ones({3}), rows), ArgumentError);
  EXPECT_THROW(axpy(1, rows, rows), ArgumentError);
  EXPECT_THROW(scal(2, windows), ArgumentError);
  EXPECT_EQ(w(0), 2);
  EXPECT_TRUE(equal(windows, Tensor::ones({5, 2})));
}

TEST(Elementwise, Equal) {
  Tensor a = tensor({1, 2});
  EXPECT_TRUE(equal(a, a.clone()));
  EXPECT_FALSE(equal(a, tensor({1, 3})));
  EXPECT_FALSE(equal(a, a.reshape({2, 1})));
  EXPECT_FALSE(equal(tensor({NAN}), tensor({NAN})));
  EXPECT_TRUE(equal(tensor({Scalar{-0.0}}), tensor({0})));
  EXPECT_TRUE(equal(Tensor::zeros({0, 2}), Tensor::zeros({0, 2})));
  EXPECT_FALSE(equal(Tensor::zeros({0, 2}), Tensor::zeros({2, 0})));
}

TEST(Elementwise, Allclose) {  // np.allclose's answers
  const Scalar inf = INFINITY;
  EXPECT_TRUE(allclose(tensor({100}), tensor({Scalar{101}}), 0.01, 0));
  EXPECT_FALSE(allclose(tensor({100}), tensor({99}), 0.01, 0));
  EXPECT_TRUE(allclose(tensor({0}), tensor({Scalar(0.001)}), 0, 0.01));
  EXPECT_TRUE(allclose(tensor({inf, -inf}), tensor({inf, -inf})));
  EXPECT_FALSE(allclose(tensor({inf}), tensor({-inf})));
  EXPECT_FALSE(allclose(tensor({1}), tensor({inf})));
  EXPECT_FALSE(allclose(tensor({inf}), tensor({1})));
  EXPECT_FALSE(allclose(tensor({NAN}), tensor({NAN})));
  EXPECT_FALSE(allclose(tensor({1, 2}), tensor({1})));
}

TEST(Elementwise, AllFinite) {
  EXPECT_TRUE(all_finite(wave({3, 3})));
  EXPECT_TRUE(all_finite(Tensor::zeros({0})));
  for (Scalar bad : {Scalar(NAN), Scalar(INFINITY), Scalar(-INFINITY)}) {
    Tensor x = wave({3, 3});
    x(2, 2) = bad;
    EXPECT_FALSE(all_finite(x));
    EXPECT_TRUE(all_finite(x.slice(1, 0, 2)));
    EXPECT_FALSE(all_finite(x.select(1, 2)));  // a column: its numbers are three apart
    for (Index i = 0; i < 40; ++i) {
      Tensor row = wave({40});
      row(i) = bad;
      EXPECT_FALSE(all_finite(row));
    }
  }
  using Limits = std::numeric_limits<Scalar>;
  EXPECT_TRUE(all_finite(tensor({Limits::max(), Limits::lowest(), Limits::denorm_min(), -0.0})));
}

}  // namespace
}  // namespace nn::test
