// The kernels of softmax.inl.
#include <algorithm>
#include <cmath>
#include <vector>

#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

class SoftmaxTest : public TableTest {};

TEST_P(SoftmaxTest, RowSumsInDoubleAndInOrder) {
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
  std::size_t count = n > 64 ? 64 / sizeof(Scalar) : 1, j = 0;
  std::vector<double> parts(count);
  if (n > 64)
    for (; j + 4 * count <= e.size(); j += 4 * count)
      for (std::size_t i = j; i < j + count; ++i)
        parts[i - j] +=
            static_cast<double>((e[i] + e[i + count]) + (e[i + 2 * count] + e[i + 3 * count]));
  for (; j < e.size(); ++j) parts[j % count] += static_cast<double>(e[j]);
  for (; count > 1; count /= 2)
    for (std::size_t i = 0; i < count / 2; ++i) parts[i] += parts[i + count / 2];
  const auto sum = static_cast<Scalar>(parts[0]);
  Scalar log_sum;
  table.log(1, &sum, &log_sum);
  for (j = 0; j < x.size(); ++j) shifted[j] = logarithm ? shifted[j] - log_sum : e[j] / sum;
  return shifted;
}

TEST_P(SoftmaxTest, SoftmaxOfRowsOfEveryLength) {
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

TEST_P(SoftmaxTest, SoftmaxOfOneNaNGivesTheBitsOfTheScalarKernels) {
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

TEST_P(SoftmaxTest, ZerosOfBothSignsGiveTheBitsOfTheScalarKernels) {
  Values x(200, -1000);
  x[3] = 0, x[5] = -Scalar{0}, x[100 + 5] = -Scalar{0}, x[100 + 68] = 0;
  Values log_p(x.size()), expected = log_p;
  table().softmax(2, 100, x.data(), nullptr, log_p.data());
  scalar_table().softmax(2, 100, x.data(), nullptr, expected.data());
  ASSERT_TRUE(same_bits(log_p, expected));
}

TEST_P(SoftmaxTest, BackwardOfRowsOfEveryLength) {
  for (Index n : {1, 2, 3, 4, 5, 7, 8, 10, 15, 16, 17, 63, 64, 65, 100, 131})
    for (Index rows : {0, 1, 2, 5, 15, 16, 17, 33}) {
      const Values delta = numbers(rows * n, static_cast<std::uint64_t>(n), -9, 9);
      const Values z = numbers(rows * n, static_cast<std::uint64_t>(n + 7), 0, 1);
      Values dx(z.size() + 40, kUntouched), expected = dx;
      table().softmax_backward(rows, n, delta.data(), z.data(), dx.data());
      for (Index row = 0; row < rows; ++row) {
        auto at = [&](Index j) { return static_cast<std::size_t>(row * n + j); };
        double sum = 0;
        for (Index j = 0; j < n; ++j) {
          const Scalar product = delta[at(j)] * z[at(j)];
          sum += static_cast<double>(product);
        }
        for (Index j = 0; j < n; ++j)
          expected[at(j)] = z[at(j)] * (delta[at(j)] - static_cast<Scalar>(sum));
      }
      ASSERT_TRUE(same_bits(dx, expected)) << rows << " rows of " << n;
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, SoftmaxTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
