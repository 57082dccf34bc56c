// Every kernel of loops.inl, softmax.inl, runs.inl and pool.inl in every instruction set: the bits
// of its definition, for every length, and nothing written behind the end.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tables.hpp"

namespace nn::inline NN_PRECISION::kernels {
namespace {

using Values = std::vector<Scalar>;
constexpr Scalar kNaN = std::numeric_limits<Scalar>::quiet_NaN();
constexpr Scalar kInfinity = std::numeric_limits<Scalar>::infinity();
constexpr Index kLongest = 70;
constexpr Scalar kUntouched = 77;

std::string name_of(const testing::TestParamInfo<NamedTable>& table) { return table.param.name; }

/// Numbers in [low, high] that look drawn.
Values numbers(Index n, std::uint64_t seed, double low, double high) {
  Values values;
  std::uint64_t state = seed;
  for (Index i = 0; i < n; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    values.push_back(
        static_cast<Scalar>(low + (high - low) * static_cast<double>(state >> 11) * 0x1p-53));
  }
  return values;
}

::testing::AssertionResult same_bits(const Values& got, const Values& expected) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    const bool both_nan = std::isnan(got[i]) && std::isnan(expected[i]);
    const bool same = got[i] == expected[i] && std::signbit(got[i]) == std::signbit(expected[i]);
    if (!both_nan && !same)
      return ::testing::AssertionFailure() << got[i] << " for " << expected[i] << " at " << i;
  }
  return ::testing::AssertionSuccess();
}

class LoopsTest : public testing::TestWithParam<NamedTable> {
 protected:
  void SetUp() override {
    if (!GetParam().table) GTEST_SKIP() << "this CPU has no " << GetParam().name;
  }
  const Table& table() const { return *GetParam().table; }

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

TEST_P(LoopsTest, Relu) {
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

TEST_P(LoopsTest, BackwardOfActivations) {
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
TEST_P(LoopsTest, BinaryCrossEntropy) {
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

TEST_P(LoopsTest, CostAndDerivativeInOnePassAreThoseOfTwo) {
  const Values t = numbers(kLongest, 20, 0, 1);
  Values z = numbers(kLongest, 21, -30, 30);
  z[3] = kNaN, z[20] = kInfinity, z[40] = -kInfinity, z[kLongest - 1] = 0;
  for (Index n = 0; n <= kLongest; ++n) {
    Values cost(kLongest, kUntouched), dz = cost, expected_cost = cost, expected_dz = cost;
    table().bce_with_logits(n, t.data(), z.data(), expected_cost.data());
    table().bce_with_logits_backward(n, t.data(), z.data(), expected_dz.data());
    table().bce_with_logits_both(n, t.data(), z.data(), cost.data(), dz.data());
    ASSERT_TRUE(same_bits(cost, expected_cost)) << n << " values";
    ASSERT_TRUE(same_bits(dz, expected_dz)) << n << " values";
  }
}

TEST_P(LoopsTest, RowSumsInDoubleAndInOrder) {
  for (Index n : {0, 1, 2, 3, 4, 7, 16, 33, 100})
    for (Index rows : {0, 1, 3, 8, 15, 16, 17, 40}) {
      const Values x = numbers(rows * n, static_cast<std::uint64_t>(n + 1), -1e3, 1e3);
      Values y(static_cast<std::size_t>(rows) + 20, kUntouched), expected = y;
      table().row_sums(rows, n, x.data(), y.data());
      for (Index row = 0; row < rows; ++row) {
        double sum = 0;
        for (Index j = 0; j < n; ++j)
          sum += static_cast<double>(x[static_cast<std::size_t>(row * n + j)]);
        expected[static_cast<std::size_t>(row)] = static_cast<Scalar>(sum);
      }
      ASSERT_TRUE(same_bits(y, expected)) << rows << " rows of " << n;
    }
}

/// The definition in kernels.hpp, with the table's own exp and log.
Values softmax_row(const Table& table, const Values& x, bool logarithm) {
  const auto n = static_cast<Index>(x.size());
  const Scalar largest = *std::max_element(x.begin(), x.end());
  Values shifted = x, e(x.size());
  for (Scalar& v : shifted) v -= largest;
  table.exp(n, shifted.data(), e.data());
  double total = 0;
  for (Scalar v : e) total += static_cast<double>(v);
  const auto sum = static_cast<Scalar>(total);
  Scalar log_sum;
  table.log(1, &sum, &log_sum);
  for (std::size_t j = 0; j < x.size(); ++j)
    shifted[j] = logarithm ? shifted[j] - log_sum : e[j] / sum;
  return shifted;
}

TEST_P(LoopsTest, SoftmaxOfRowsOfEveryLength) {
  for (Index n : {1, 2, 3, 4, 5, 7, 8, 10, 15, 16, 17, 63, 64, 65, 100, 131})
    for (Index rows : {0, 1, 2, 5, 15, 16, 17, 33}) {
      Values x = numbers(rows * n, static_cast<std::uint64_t>(n), -9, 9);
      if (rows > 2) x[static_cast<std::size_t>(2 * n)] = n % 2 ? kNaN : kInfinity;
      if (rows > 1) std::fill_n(x.begin() + n, n / 2, -kInfinity);
      const Values untouched(x.size() + 40, kUntouched);
      Values p = untouched, log_p = untouched, p_too = untouched, log_p_too = untouched;
      Values expected_p = untouched, expected_log_p = untouched;
      table().softmax(rows, n, x.data(), p.data(), nullptr);
      table().softmax(rows, n, x.data(), nullptr, log_p.data());
      table().softmax(rows, n, x.data(), p_too.data(), log_p_too.data());
      for (Index row = 0; row < rows; ++row) {
        const Values one(x.begin() + row * n, x.begin() + row * n + n);
        const Values p_of_one = softmax_row(table(), one, false);
        const Values log_p_of_one = softmax_row(table(), one, true);
        std::copy(p_of_one.begin(), p_of_one.end(), expected_p.begin() + row * n);
        std::copy(log_p_of_one.begin(), log_p_of_one.end(), expected_log_p.begin() + row * n);
      }
      ASSERT_TRUE(same_bits(p, expected_p)) << rows << " rows of " << n;
      ASSERT_TRUE(same_bits(log_p, expected_log_p)) << rows << " rows of " << n;
      ASSERT_TRUE(same_bits(p_too, expected_p)) << rows << " rows of " << n;
      ASSERT_TRUE(same_bits(log_p_too, expected_log_p)) << rows << " rows of " << n;
    }
}

TEST_P(LoopsTest, SoftmaxOfOneNaNGivesTheBitsOfTheScalarKernels) {
  for (Index n : {10, 100}) {
    Values x = numbers(3 * n, 22, -9, 9);
    x[static_cast<std::size_t>(n + 4)] = kNaN;
    Values p(x.size()), log_p(x.size()), expected_p(x.size()), expected_log_p(x.size());
    table().softmax(3, n, x.data(), p.data(), log_p.data());
    scalar_table().softmax(3, n, x.data(), expected_p.data(), expected_log_p.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(std::signbit(p[i]), std::signbit(expected_p[i])) << i << " of rows of " << n;
      ASSERT_EQ(std::signbit(log_p[i]), std::signbit(expected_log_p[i])) << i;
    }
    ASSERT_TRUE(same_bits(p, expected_p)) << "rows of " << n;
    ASSERT_TRUE(same_bits(log_p, expected_log_p)) << "rows of " << n;
  }
}

TEST_P(LoopsTest, RangeLeavesNaNOut) {
  Values x = numbers(kLongest, 8, -5, 5);
  for (Index n = 1; n <= kLongest; ++n) {
    const auto [low, high] = std::minmax_element(x.begin(), x.begin() + n);
    const Range range = table().range(n, x.data());
    ASSERT_EQ(range.low, *low) << n;
    ASSERT_EQ(range.high, *high) << n;
  }
  for (std::size_t at : {std::size_t{0}, std::size_t{17}, std::size_t{69}}) {
    Values y = x;
    y[at] = kNaN;
    y[(at + 1) % y.size()] = 9;
    EXPECT_EQ(table().range(kLongest, y.data()).high, 9) << at;
  }
  const Range none = table().range(1, &kNaN);
  EXPECT_GT(none.low, none.high);
}

TEST_P(LoopsTest, Axpy) {
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

TEST_P(LoopsTest, Adam) {
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

TEST_P(LoopsTest, RunsAreCopiedAndAdded) {
  for (Index length : {1, 3, 8, 15, 16, 17, 48, 50})
    for (Index step : {Index{1}, length / 3 + 1, length, length + 2}) {
      const Runs runs{5, 3, length, step, 5 * step + length};
      Values images = numbers(3 * runs.row_step + 20, 30, -1, 1);
      Values windows(static_cast<std::size_t>(5 * 3 * length + 20), kUntouched), laid_out = windows;
      const Values parts = numbers(5 * 3 * length, 31, -1, 1);
      Values sums = images;
      auto at = [&](Index q, Index y, Index i) {
        return static_cast<std::size_t>(q * step + y * runs.row_step + i);
      };
      auto in_window = [&](Index q, Index y, Index i) {
        return static_cast<std::size_t>((q * 3 + y) * length + i);
      };
      for (Index q = 4; q >= 0; --q)
        for (Index y = 0; y < 3; ++y)
          for (Index i = 0; i < length; ++i) {
            laid_out[in_window(q, y, i)] = images[at(q, y, i)];
            sums[at(q, y, i)] += parts[in_window(q, y, i)];
          }
      table().copy_runs(runs, images.data(), windows.data());
      ASSERT_TRUE(same_bits(windows, laid_out)) << length << " numbers, step " << step;
      table().add_runs(runs, parts.data(), images.data());
      ASSERT_TRUE(same_bits(images, sums)) << length << " numbers, step " << step;
    }
}

TEST_P(LoopsTest, PoolingTakesTheLargestAndGivesBack) {
  for (Index channels : {1, 3, 16, 19, 32})
    for (Index columns : {1, 2, 3}) {
      const PoolLine line{4, 2, columns, channels, 2 * channels, 11 * channels, 5, 7};
      Values x = numbers(2 * line.row_step, 14, -1, 1);
      x[0] = kNaN, x[static_cast<std::size_t>(5 * channels)] = kNaN;
      std::copy_n(x.begin() + 6 * channels, channels, x.begin() + 7 * channels);  // equals
      const Index results = line.windows * channels;
      Values best(static_cast<std::size_t>(results) + 20, kUntouched), places = best;
      Values expected = best, expected_places = best;
      const Values delta = numbers(results, 16, -1, 1);
      Values dx = x, only_dx = x, expected_dx = x, expected_only = x;
      for (Index r = 0; r < results; ++r) {
        const auto result = static_cast<std::size_t>(r);
        auto at = [&](Index i, Index j) {
          return static_cast<std::size_t>(r / channels * line.window_step + i * line.row_step +
                                          j * channels + r % channels);
        };
        expected[result] = x[at(0, 0)];
        expected_places[result] = 5;
        for (Index i = 0; i < 2; ++i)
          for (Index j = 0; j < columns; ++j) {
            const Scalar value = x[at(i, j)];
            if (std::isnan(expected[result]) || value <= expected[result]) continue;
            expected[result] = value;
            expected_places[result] = static_cast<Scalar>(5 + 7 * i + j);
          }
        for (Index i = 0; i < 2; ++i)
          for (Index j = 0; j < columns; ++j) {
            const bool here = expected_places[result] == static_cast<Scalar>(5 + 7 * i + j);
            expected_dx[at(i, j)] += here ? delta[result] : 0;
            expected_only[at(i, j)] = here ? delta[result] : 0;
          }
      }
      table().max_pool(line, x.data(), best.data(), places.data());
      ASSERT_TRUE(same_bits(best, expected)) << channels << " channels";
      ASSERT_TRUE(same_bits(places, expected_places)) << channels << " channels";
      table().max_pool_backward(line, delta.data(), places.data(), false, dx.data());
      ASSERT_TRUE(same_bits(dx, expected_dx)) << channels << " channels";
      if (columns > 2) continue;  // windows overlap
      table().max_pool_backward(line, delta.data(), places.data(), true, only_dx.data());
      ASSERT_TRUE(same_bits(only_dx, expected_only)) << channels << " channels";
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, LoopsTest, testing::ValuesIn(all_tables()), name_of);

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
