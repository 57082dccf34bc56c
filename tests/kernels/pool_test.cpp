// The kernels of pool.inl.
#include <algorithm>
#include <cmath>

#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

class PoolTest : public TableTest {};

TEST_P(PoolTest, PoolingTakesTheLargestAndGivesBack) {
  for (Index channels : {1, 3, 16, 19, 32})
    for (Index columns : {1, 2, 3}) {
      const PoolWindows w{4, 2, columns, channels, 2 * channels, 11 * channels, 5, 7};
      Values x = numbers(2 * w.row_step, 14, -1, 1);
      x[0] = kNaN, x[static_cast<std::size_t>(5 * channels)] = kNaN;
      std::copy_n(x.begin() + 6 * channels, channels, x.begin() + 7 * channels);  // equals
      const Index results = w.windows * channels;
      Values best(static_cast<std::size_t>(results) + 20, kUntouched), places = best;
      Values expected = best, expected_places = best;
      const Values delta = numbers(results, 16, -1, 1);
      Values dx = x, only_dx = x, expected_dx = x, expected_only = x;
      for (Index r = 0; r < results; ++r) {
        const auto result = static_cast<std::size_t>(r);
        auto at = [&](Index i, Index j) {
          return static_cast<std::size_t>(r / channels * w.window_step + i * w.row_step +
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
      table().max_pool(w, x.data(), best.data(), places.data());
      ASSERT_TRUE(same_bits(best, expected)) << channels << " channels";
      ASSERT_TRUE(same_bits(places, expected_places)) << channels << " channels";
      table().max_pool_backward(w, delta.data(), places.data(), false, dx.data());
      ASSERT_TRUE(same_bits(dx, expected_dx)) << channels << " channels";
      if (columns > 2) continue;  // windows overlap
      table().max_pool_backward(w, delta.data(), places.data(), true, only_dx.data());
      ASSERT_TRUE(same_bits(only_dx, expected_only)) << channels << " channels";
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, PoolTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
