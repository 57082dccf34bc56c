// The kernels of norm.inl and random.inl.
#include <cmath>

#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

class NormTest : public TableTest {};

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// The order of row sums in kernels.hpp.
template <class Term>
double mean_in_lanes(Index n, Term term) {
  double s[8] = {};
  for (Index j = 0; j < n; ++j) s[j % 8] += term(j);
  return (((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))) /
         static_cast<double>(n);
}

TEST_P(NormTest, ColumnDotsAreChains) {
  for (Index n : {1, 3, 4, 5, 8, 16, 17, 33, 64, 70})
    for (Index rows : {0, 1, 2, 7, 512}) {
      const Values a = numbers(rows * n, 1, -2, 2), b = numbers(rows * n, 2, -2, 2),
                   shift = numbers(n, 3, -2, 2);
      for (const Scalar* moved : {shift.data(), static_cast<const Scalar*>(nullptr)}) {
        Values sums(at(n + 20), kUntouched), expected = sums;
        for (Index j = 0; j < n; ++j) {
          const Scalar m = moved ? moved[j] : 0;
          Scalar s = 0;
          for (Index i = 0; i < rows; ++i)
            s = std::fma(a[at(i * n + j)] - m, b[at(i * n + j)] - m, s);
          expected[at(j)] = s;
        }
        table().column_dots(rows, n, a.data(), b.data(), moved, sums.data());
        ASSERT_TRUE(same_bits(sums, expected)) << rows << " rows of " << n;
      }
    }
}

/// Sums that nearly cancel, that lie halfway between two numbers, and subnormal ones, a b + c each.
TEST_P(NormTest, FusedMultiplyAddsRoundOnce) {
  const Index n = 100000;
  const Scalar one = 1;
  Values a = numbers(n, 1, -2, 2), b = numbers(n, 2, -2, 2), c(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool tiny = i % 3 == 0;
    if (i % 2) a[i] = std::nearbyint(a[i] * 2048), b[i] = std::nearbyint(b[i] * 4096);
    if (tiny) a[i] = std::ldexp(a[i], -70), b[i] = std::ldexp(b[i], -66 - static_cast<int>(i % 17));
    c[i] = std::nextafter(-a[i] * b[i], i % 5 ? one : -one) * (i % 7 ? one : 3);
  }
  if constexpr (sizeof(Scalar) == sizeof(float)) {  // beyond halfway by less than a double holds
    a[0] = std::ldexp(Scalar{641}, -91), b[0] = std::ldexp(Scalar{6700417}, -91);
    c[0] = std::ldexp(one, -127);
  }
  Values first = c, second(a.size(), one), sums(a.size()), expected = c;
  first.insert(first.end(), a.begin(), a.end());
  second.insert(second.end(), b.begin(), b.end());
  for (std::size_t i = 0; i < a.size(); ++i) expected[i] = std::fma(a[i], b[i], c[i]);
  table().column_dots(2, n, first.data(), second.data(), nullptr, sums.data());
  ASSERT_TRUE(same_bits(sums, expected));
}

TEST_P(NormTest, ColumnsAndBack) {
  for (Index n : {1, 3, 4, 8, 9, 16, 17, 40})
    for (Index rows : {0, 1, 5}) {
      const Values x = numbers(rows * n, 1, -2, 2), mean = numbers(n, 2, -1, 1),
                   factor = numbers(n, 3, 1, 2), weight = numbers(n, 4, -2, 2),
                   bias = numbers(n, 5, -2, 2), untouched(x.size() + 20, kUntouched);
      Values y = untouched, z = untouched, alone = untouched, dx = untouched, expected_y = y,
             expected_z = z, expected_dx = dx;
      for (Index i = 0; i < rows * n; ++i) {
        const std::size_t j = at(i % n);
        expected_y[at(i)] = (x[at(i)] - mean[j]) * factor[j];
        expected_z[at(i)] = std::fma(expected_y[at(i)], weight[j], bias[j]);
        expected_dx[at(i)] =
            factor[j] * std::fma(-expected_y[at(i)], weight[j], x[at(i)] - mean[j]);
      }
      const ColumnNorm norm{mean.data(), factor.data(), weight.data(), bias.data()};
      table().normalize_columns(rows, n, norm, x.data(), y.data(), z.data());
      table().normalize_columns(rows, n, norm, x.data(), nullptr, alone.data());
      table().normalize_columns_backward(rows, n, {factor.data(), mean.data(), weight.data()},
                                         x.data(), y.data(), dx.data());
      ASSERT_TRUE(same_bits(y, expected_y) && same_bits(z, expected_z)) << n;
      ASSERT_TRUE(same_bits(alone, expected_z)) << n;
      ASSERT_TRUE(same_bits(dx, expected_dx)) << n;
    }
}

TEST_P(NormTest, RowsAndBack) {
  for (Index n : {1, 2, 7, 8, 9, 16, 31, 64, 100})
    for (Index rows : {0, 1, 3}) {
      const Values x = numbers(rows * n, 1, -2, 2), weight = numbers(n, 2, -2, 2),
                   bias = numbers(n, 3, -2, 2), untouched(x.size() + 20, kUntouched);
      Values y = untouched, z = untouched, alone = untouched, dx = untouched, expected_y = y,
             expected_z = z, expected_dx = dx, factors(at(rows + 1), kUntouched),
             expected_factors = factors;
      for (Index row = 0; row < rows; ++row) {
        const Scalar* u = x.data() + row * n;
        const double mean = mean_in_lanes(n, [&](Index j) { return static_cast<double>(u[j]); });
        const double variance = mean_in_lanes(n, [&](Index j) {
          return (static_cast<double>(u[j]) - mean) * (static_cast<double>(u[j]) - mean);
        });
        const auto factor = static_cast<Scalar>(1 / std::sqrt(variance + 0.5));
        expected_factors[at(row)] = factor;
        Values g;
        for (Index j = 0; j < n; ++j) {
          const Scalar normal = (u[j] - static_cast<Scalar>(mean)) * factor;
          expected_y[at(row * n + j)] = normal;
          expected_z[at(row * n + j)] = normal * weight[at(j)] + bias[at(j)];
          g.push_back(u[j] * weight[at(j)]);
        }
        const auto mean_g = static_cast<Scalar>(
            mean_in_lanes(n, [&](Index j) { return static_cast<double>(g[at(j)]); }));
        const auto slope = static_cast<Scalar>(mean_in_lanes(n, [&](Index j) {
          return static_cast<double>(g[at(j)]) * static_cast<double>(expected_y[at(row * n + j)]);
        }));
        for (Index j = 0; j < n; ++j)
          expected_dx[at(row * n + j)] =
              factor * ((g[at(j)] - mean_g) - expected_y[at(row * n + j)] * slope);
      }
      const RowNorm norm{0.5, weight.data(), bias.data()};
      table().normalize_rows(rows, n, norm, x.data(), y.data(), factors.data(), z.data());
      table().normalize_rows(rows, n, norm, x.data(), nullptr, nullptr, alone.data());
      table().normalize_rows_backward(rows, n, x.data(), weight.data(), y.data(), factors.data(),
                                      dx.data());
      ASSERT_TRUE(same_bits(y, expected_y) && same_bits(z, expected_z)) << n;
      ASSERT_TRUE(same_bits(alone, expected_z) && same_bits(factors, expected_factors)) << n;
      ASSERT_TRUE(same_bits(dx, expected_dx)) << n;
    }
}

TEST_P(NormTest, DropoutTakesPhiloxWords) {
  const PhiloxKey key{123, 456};
  constexpr std::uint64_t row = (std::uint64_t{5} << 32) + 6, below = 0x50000000;
  for (Index n : {0, 1, 8, 31, 32, 33, 100}) {
    Values factors(at(n + 40), kUntouched), expected = factors;
    for (Index e = 0; e < n; ++e) {
      const PhiloxCounter words =
          philox4x32({static_cast<std::uint32_t>(e / 32 * 8 + e % 8), 0, 6, 5}, key);
      expected[at(e)] = words[at(e % 32 / 8)] < below ? 0 : Scalar{2};
    }
    table().dropout(n, key, row, below, 2, factors.data());
    ASSERT_TRUE(same_bits(factors, expected)) << n;
  }
}

TEST_P(NormTest, NormalNoiseIsBoxAndMullers) {
  const PhiloxKey key{123, 456};
  constexpr std::uint64_t row = (std::uint64_t{5} << 32) + 6;
  auto uniform = [](std::uint32_t word) { return ((word >> 8) + 0.5) * 0x1p-24; };
  for (Index n : {0, 1, 15, 31, 32, 33, 200}) {
    Values x(at(n + 40), kUntouched), reference = x;
    table().add_normal(n, 2, key, row, 3, x.data());
    scalar_table().add_normal(n, 2, key, row, 3, reference.data());
    ASSERT_TRUE(same_bits(x, reference)) << n;
    for (Index e = 0; e < n; ++e) {
      auto word = [&](Index i) {
        return philox4x32({static_cast<std::uint32_t>(3 + e / 32 * 8 + i % 8), 0, 6, 5},
                          key)[at(i / 8)];
      };
      const std::uint32_t q = word(16 + e % 16);
      const double quarters = uniform(q) - 0.5 + q % 4, angle = quarters * std::acos(0.0);
      const double radius = std::sqrt(-2 * std::log(uniform(word(e % 16))));
      const double z = radius * (e % 32 < 16 ? std::cos(angle) : std::sin(angle));
      ASSERT_NEAR(x[at(e)], kUntouched + 2 * z, kUntouched * 1e-6) << n << " at " << e;
    }
    for (std::size_t e = at(n); e < x.size(); ++e) ASSERT_EQ(x[e], kUntouched);
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, NormTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
