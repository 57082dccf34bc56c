// The kernels of nearest.inl.
#include <algorithm>
#include <utility>

#include "core/sum_in_lanes.hpp"
#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

class NearestTest : public TableTest {};

constexpr Index kLine = 64 / sizeof(Scalar);
constexpr Index kColumns = 3 * kLine, kStep = kColumns + 5;

Scalar& at(Values& values, Index i) { return values[static_cast<std::size_t>(i)]; }

TEST_P(NearestTest, SquaredDistances) {
  for (Index n = 0; n <= 150; ++n) {
    const Values a = numbers(n, 1, -2, 2), b = numbers(n, 2, 98, 102);
    const double expected = detail::sum_in_lanes(n, [&](Index j) {
      const auto i = static_cast<std::size_t>(j);
      const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
      return difference * difference;
    });
    ASSERT_EQ(table().squared_distance(n, a.data(), b.data()), expected) << n;
    const auto quick = static_cast<double>(table().quick_squared_distance(n, a.data(), b.data()));
    ASSERT_NEAR(quick, expected,
                static_cast<double>(n + 4) * std::numeric_limits<Scalar>::epsilon() * expected)
        << n;
  }
}

TEST_P(NearestTest, SquaredDistancesSideBySide) {
  for (Index n = 0; n <= 40; ++n) {
    const Values x = numbers(n, 1, -2, 2), points = numbers(n * kColumns, 2, 8, 12);
    Values squares(kColumns + 1, kUntouched);
    table().quick_squared_distances(n, kColumns, x.data(), points.data(), squares.data());
    for (Index column = 0; column < kColumns; ++column) {
      double expected = 0;
      for (Index j = 0; j < n; ++j) {
        const double difference =
            static_cast<double>(x[static_cast<std::size_t>(j)]) -
            static_cast<double>(points[static_cast<std::size_t>(j * kColumns + column)]);
        expected += difference * difference;
      }
      ASSERT_NEAR(static_cast<double>(at(squares, column)), expected,
                  static_cast<double>(n + 4) * std::numeric_limits<Scalar>::epsilon() * expected)
          << n << ", column " << column;
    }
    ASSERT_TRUE(same_bits({squares.back()}, {kUntouched})) << n;
  }
}

TEST_P(NearestTest, StripsAreCentredAndTransposed) {
  for (Index n : {1, 2, 3, 4, 7, 16, 37})
    for (Index count = 1; count <= kLine; ++count) {
      const Values x = numbers(count * n, 1, -3, 3), origin = numbers(n, 2, -1, 1);
      Values to(static_cast<std::size_t>(kLine * n) + 1, kUntouched), expected = to;
      std::vector<double> norms(static_cast<std::size_t>(kLine)), expected_norms = norms;
      for (Index lane = 0; lane < kLine; ++lane) {
        const auto centred = [&](Index j) {
          return x[static_cast<std::size_t>(std::min(lane, count - 1) * n + j)] -
                 origin[static_cast<std::size_t>(j)];
        };
        for (Index j = 0; j < n; ++j) at(expected, j * kLine + lane) = centred(j);
        expected_norms[static_cast<std::size_t>(lane)] = detail::sum_in_lanes(n, [&](Index j) {
          const auto v = static_cast<double>(centred(j));
          return v * v;
        });
      }
      table().centred_strip(count, n, x.data(), origin.data(), to.data(), norms.data());
      ASSERT_TRUE(same_bits(to, expected)) << count << " rows of " << n;
      ASSERT_EQ(norms, expected_norms) << count << " rows of " << n;
    }
}

TEST_P(NearestTest, FindsTheTwoSmallestOfEachColumn) {
  for (Index rows : {1, 2, 3, 10}) {
    Values values = numbers(rows * kStep, 3, -1, 1), added = numbers(rows, 4, -1, 1);
    if (rows > 1) {  // equal sums in two rows
      added[1] = added[0];
      std::copy_n(values.begin(), 5, values.begin() + kStep);
    }
    Values sums = values, best(kStep, kUntouched), places = best, second = best;
    Values expected = best, expected_places = best, expected_second = best;
    for (Index j = 0; j < kColumns; ++j) {
      std::vector<std::pair<Scalar, Index>> column{{kInfinity, rows}};
      for (Index i = 0; i < rows; ++i) {
        at(sums, i * kStep + j) += at(added, i);
        column.emplace_back(at(sums, i * kStep + j), i);
      }
      std::sort(column.begin(), column.end());
      at(expected, j) = column[0].first;
      at(expected_places, j) = static_cast<Scalar>(column[0].second);
      at(expected_second, j) = column[1].first;
    }
    table().two_smallest(rows, kColumns, kStep, added.data(), values.data(), best.data(),
                         places.data(), second.data());
    ASSERT_TRUE(same_bits(values, sums)) << rows << " rows";
    ASSERT_TRUE(same_bits(best, expected)) << rows << " rows";
    ASSERT_TRUE(same_bits(places, expected_places)) << rows << " rows";
    ASSERT_TRUE(same_bits(second, expected_second)) << rows << " rows";
  }
}

TEST_P(NearestTest, RootsLeaveOneRowOut) {
  constexpr Index kFirst = 7;  // the number of the first row
  for (Index rows : {1, 2, 5}) {
    const Values values = numbers(rows * kStep, 5, -1, 3), added = numbers(kColumns, 6, -1, 1);
    Values left_out(kColumns), roots(kStep, kUntouched), expected = roots;
    for (Index j = 0; j < kColumns; ++j) {
      const Index out = kFirst - 1 + j % (rows + 2);  // also rows before and behind
      at(left_out, j) = static_cast<Scalar>(out);
      Scalar least = kInfinity;
      for (Index i = 0; i < rows; ++i)
        if (kFirst + i != out)
          least = std::min(least, values[static_cast<std::size_t>(i * kStep + j)]);
      at(expected, j) = std::sqrt(std::max(least + added[static_cast<std::size_t>(j)], Scalar{0}));
    }
    table().root_of_smallest(rows, kColumns, kStep, values.data(), kFirst, left_out.data(),
                             added.data(), roots.data());
    ASSERT_TRUE(same_bits(roots, expected)) << rows << " rows";
  }
}

TEST_P(NearestTest, LowerBoundsFollowAndOpen) {
  const auto factor = static_cast<Scalar>(0.75);
  for (Index rows : {1, 2, 16}) {
    Values lower = numbers(rows * kStep, 7, 0, 4), upper = numbers(kColumns, 8, 0, 2);
    const Values moved = numbers(rows, 9, 0, 1);
    Values open(kStep, kUntouched), expected_open = open, expected = lower;
    at(upper, 0) = kInfinity;
    at(upper, 1) = -kInfinity;
    Index count = 0;
    for (Index j = 0; j < kColumns; ++j) {
      at(expected_open, j) = 0;
      for (Index i = 0; i < rows; ++i) {
        Scalar& bound = at(expected, i * kStep + j);
        bound = (bound - moved[static_cast<std::size_t>(i)]) * factor;
        if (i == 1 && j % 3 == 0) at(upper, j) = bound;  // equal ones are open
      }
    }
    for (Index j = 0; j < kColumns; ++j)
      for (Index i = 0; i < rows; ++i) {
        if (at(upper, j) < at(expected, i * kStep + j)) continue;
        at(expected_open, j) += static_cast<Scalar>(std::ldexp(1, static_cast<int>(i)));
        ++count;
      }
    EXPECT_EQ(table().lower_bounds(rows, kColumns, kStep, moved.data(), factor, upper.data(),
                                   lower.data(), open.data()),
              count);
    ASSERT_TRUE(same_bits(lower, expected)) << rows << " rows";
    ASSERT_TRUE(same_bits(open, expected_open)) << rows << " rows";
  }
}

TEST_P(NearestTest, AddsToSums) {
  for (Index n = 0; n <= 40; ++n) {
    const Values x = numbers(n, 3, -1, 1);
    std::vector<double> sums(static_cast<std::size_t>(n) + 1, 1e6), expected = sums;
    for (std::size_t j = 0; j < x.size(); ++j) expected[j] -= static_cast<double>(x[j]);
    table().add_to_sums(n, -1, x.data(), sums.data());
    ASSERT_EQ(sums, expected) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, NearestTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
