// The kernel of smallest.inl.
#include <algorithm>
#include <utility>

#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

class SmallestTest : public TableTest {};

TEST_P(SmallestTest, FindsTheTwoSmallestOfEachColumn) {
  constexpr Index step = 50;
  for (Index rows : {1, 2, 3, 10})
    for (Index n = 0; n <= 40; ++n) {
      Values values = numbers(rows * step, 3, -1, 1), added = numbers(rows, 4, -1, 1);
      if (rows > 1) {  // equal sums in two rows
        added[1] = added[0];
        std::copy_n(values.begin(), 5, values.begin() + step);
      }
      Values sums = values, best(step, kUntouched), places = best, second = best;
      Values expected = best, expected_places = best, expected_second = best;
      for (Index j = 0; j < n; ++j) {
        std::vector<std::pair<Scalar, Index>> column{{kInfinity, rows}};
        for (Index i = 0; i < rows; ++i) {
          Scalar& sum = sums[static_cast<std::size_t>(i * step + j)];
          sum += added[static_cast<std::size_t>(i)];
          column.emplace_back(sum, i);
        }
        std::sort(column.begin(), column.end());
        const auto at = static_cast<std::size_t>(j);
        expected[at] = column[0].first;
        expected_places[at] = static_cast<Scalar>(column[0].second);
        expected_second[at] = column[1].first;
      }
      table().two_smallest(rows, n, step, added.data(), values.data(), best.data(), places.data(),
                           second.data());
      ASSERT_TRUE(same_bits(values, sums)) << rows << " rows, " << n << " columns";
      ASSERT_TRUE(same_bits(best, expected)) << rows << " rows, " << n << " columns";
      ASSERT_TRUE(same_bits(places, expected_places)) << rows << " rows, " << n << " columns";
      ASSERT_TRUE(same_bits(second, expected_second)) << rows << " rows, " << n << " columns";
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, SmallestTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
