// The kernels of elementwise.inl.
#include <algorithm>
#include <cmath>

#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

constexpr Index kLongest = 70;

class ElementwiseTest : public TableTest {
 protected:
  /// kernel(n, u, v, y) against definition(u[i], v[i]).
  template <class Definition>
  void expect_zip(void (*kernel)(Index, const Scalar*, const Scalar*, Scalar*), const Values& u,
                  const Values& v, Definition definition) {
    for (Index n = 0; n <= static_cast<Index>(u.size()); ++n) {
      Values y(u.size(), kUntouched), expected = y;
      kernel(n, u.data(), v.data(), y.data());
      for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
        expected[i] = definition(u[i], v[i]);
      ASSERT_TRUE(same_bits(y, expected)) << n << " values";
    }
  }
};

TEST_P(ElementwiseTest, Relu) {
  Values x = numbers(kLongest, 1, -2, 2);
  x[3] = kNaN, x[5] = Scalar(-0.0), x[6] = -kInfinity, x[7] = kInfinity;
  for (Index n = 0; n <= kLongest; ++n) {
    Values y = x, expected = x;
    table().relu(n, y.data(), y.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
      expected[i] = x[i] < 0 ? Scalar{0} : x[i];
    ASSERT_TRUE(same_bits(y, expected)) << n << " values";
  }
}

TEST_P(ElementwiseTest, BackwardOfActivations) {
  const Values delta = numbers(kLongest, 2, -3, 3), unit = numbers(kLongest, 3, 0, 1);
  Values z = numbers(kLongest, 4, -1, 1);
  z[2] = 0, z[9] = kNaN;
  expect_zip(table().tanh_backward, delta, z, [](Scalar d, Scalar v) { return d * (1 - v * v); });
  expect_zip(table().sigmoid_backward, delta, unit,
             [](Scalar d, Scalar v) { return d * (v * (1 - v)); });
  expect_zip(table().relu_backward, delta, z,
             [](Scalar d, Scalar v) { return v > 0 ? d : Scalar{0}; });
}

// Bits against the scalar kernels, whose values the tests of the losses compare with PyTorch's.
TEST_P(ElementwiseTest, BinaryCrossEntropy) {
  const Values t = numbers(kLongest, 5, 0, 1), z = numbers(kLongest, 6, -30, 30);
  Values p = numbers(kLongest, 7, 0, 1);
  p[0] = 0, p[1] = 1, p[2] = kNaN;
  using Zip = void (*Table::*)(Index, const Scalar*, const Scalar*, Scalar*);
  for (Zip kernel : {&Table::bce, &Table::bce_backward, &Table::bce_with_logits,
                     &Table::bce_with_logits_backward}) {
    const bool logits =
        kernel == &Table::bce_with_logits || kernel == &Table::bce_with_logits_backward;
    const Values& x = logits ? z : p;
    Values expected(kLongest);
    (scalar_table().*kernel)(kLongest, t.data(), x.data(), expected.data());
    for (Index n : {Index{0}, Index{1}, Index{15}, Index{16}, Index{31}, kLongest}) {
      Values y(kLongest, kUntouched), begin(kLongest, kUntouched);
      (table().*kernel)(n, t.data(), x.data(), y.data());
      std::copy_n(expected.begin(), n, begin.begin());
      ASSERT_TRUE(same_bits(y, begin)) << n << " values";
    }
  }
}

TEST_P(ElementwiseTest, CostAndDerivativeInOnePassAreThoseOfTwo) {
  const Values t = numbers(kLongest, 20, 0, 1);
  Values z = numbers(kLongest, 21, -30, 30);
  z[3] = kNaN, z[20] = kInfinity, z[40] = -kInfinity, z[kLongest - 1] = 0;
  for (Index n = 0; n <= kLongest; ++n) {
    Values cost(kLongest, kUntouched), dz = cost, expected_cost = cost, expected_dz = cost;
    table().bce_with_logits(n, t.data(), z.data(), expected_cost.data());
    table().bce_with_logits_backward(n, t.data(), z.data(), expected_dz.data());
    table().bce_with_logits_forward_backward(n, t.data(), z.data(), cost.data(), dz.data());
    ASSERT_TRUE(same_bits(cost, expected_cost)) << n << " values";
    ASSERT_TRUE(same_bits(dz, expected_dz)) << n << " values";
  }
}

TEST_P(ElementwiseTest, MinMaxLeavesNaNOut) {
  Values x = numbers(kLongest, 8, -5, 5);
  for (Index n = 1; n <= kLongest; ++n) {
    const auto [low, high] = std::minmax_element(x.begin(), x.begin() + n);
    const MinMax range = table().min_max(n, x.data());
    ASSERT_EQ(range.min, *low) << n;
    ASSERT_EQ(range.max, *high) << n;
  }
  for (std::size_t at : {std::size_t{0}, std::size_t{17}, std::size_t{69}}) {
    Values y = x;
    y[at] = kNaN;
    y[(at + 1) % y.size()] = 9;
    EXPECT_EQ(table().min_max(kLongest, y.data()).max, 9) << at;
  }
  const MinMax none = table().min_max(1, &kNaN);
  EXPECT_GT(none.min, none.max);
}

TEST_P(ElementwiseTest, Axpy) {
  const Values x = numbers(kLongest, 9, -2, 2), start = numbers(kLongest, 10, -2, 2);
  for (Index n = 0; n <= kLongest; ++n) {
    Values y = start, expected = start;
    table().axpy(n, Scalar(0.3), x.data(), y.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
      const Scalar product = Scalar(0.3) * x[i];
      expected[i] += product;
    }
    ASSERT_TRUE(same_bits(y, expected)) << n << " values";
  }
}

TEST_P(ElementwiseTest, Adam) {
  const Values g = numbers(kLongest, 11, -2, 2);
  const AdamStep s{Scalar(0.9), Scalar(0.1),  Scalar(0.999), Scalar(0.001),
                   Scalar(0.5), Scalar(1e-8), Scalar(0.01)};
  for (Index n = 0; n <= kLongest; ++n) {
    Values m = numbers(kLongest, 12, -1, 1), v = numbers(kLongest, 13, 0, 1), w = m;
    Values m1 = m, v1 = v, w1 = w;
    table().adam(n, s, g.data(), m.data(), v.data(), w.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
      const Scalar kept = s.beta1 * m1[i], fresh = s.gain1 * g[i];
      m1[i] = kept + fresh;
      const Scalar square = g[i] * g[i], kept2 = s.beta2 * v1[i], fresh2 = s.gain2 * square;
      v1[i] = kept2 + fresh2;
      const Scalar move = s.rate * (m1[i] / (std::sqrt(v1[i]) / s.root + s.epsilon));
      w1[i] -= move;
    }
    ASSERT_TRUE(same_bits(m, m1)) << n << " values";
    ASSERT_TRUE(same_bits(v, v1)) << n << " values";
    ASSERT_TRUE(same_bits(w, w1)) << n << " values";
  }
}

TEST_P(ElementwiseTest, OverRootIsItsDefinition) {
  const Scalar epsilon = Scalar(1e-8);
  const Values g = numbers(kLongest, 14, -1, 1), v = numbers(kLongest, 15, 0, 1);
  for (Index n = 0; n <= kLongest; ++n) {
    Values y = g, expected = g;
    table().over_root(n, epsilon, g.data(), v.data(), y.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
      expected[i] = g[i] / (std::sqrt(v[i]) + epsilon);
    ASSERT_TRUE(same_bits(y, expected)) << n << " values";
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, ElementwiseTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
