// The kernels of depthwise.inl.
#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// Calls f(window, element of the window, channel, place in the images) for all of them, window
/// after window.
template <class F>
void for_each(const DepthwiseWindows& w, F f) {
  for (Index q = 0; q < w.windows; ++q)
    for (Index i = 0; i < w.rows; ++i)
      for (Index j = 0; j < w.columns; ++j)
        for (Index c = 0; c < w.channels; ++c)
          f(q, i * w.columns + j, c,
            at(q * w.window_step + i * w.row_step + j * w.column_step + c));
}

/// On images of three rows, whose rows have some numbers more than their windows need.
std::vector<DepthwiseWindows> some_windows(Index channels) {
  std::vector<DepthwiseWindows> all;
  for (Index windows : {0, 1, 4, 7})
    for (Index columns : {1, 3, 5})
      for (Index step : {1, 2})
        all.push_back(
            {windows, 3, columns, channels, step * channels, 20 * channels, (3 - step) * channels});
  return all;
}

class DepthwiseTest : public TableTest {};

TEST_P(DepthwiseTest, SumsAreChains) {
  for (Index n : {1, 3, 4, 8, 9, 16, 17, 40})
    for (const DepthwiseWindows& w : some_windows(n)) {
      const Index size = w.rows * w.columns;
      const Values x = numbers(60 * n, 1, -1, 1), weight = numbers(size * n, 2, -1, 1),
                   bias = numbers(n, 3, -1, 1);
      for (const Scalar* b : {bias.data(), static_cast<const Scalar*>(nullptr)}) {
        Values z(at(w.windows * n + 20), kUntouched), expected = z;
        for (Index e = 0; e < w.windows * n; ++e) expected[at(e)] = 0;
        for_each(w, [&](Index q, Index t, Index c, std::size_t place) {
          Scalar& sum = expected[at(q * n + c)];
          sum = std::fma(x[place], weight[at(t * n + c)], sum);
        });
        for (Index e = 0; b && e < w.windows * n; ++e) expected[at(e)] += b[e % n];
        table().depthwise(w, x.data(), weight.data(), b, z.data());
        ASSERT_TRUE(same_bits(z, expected)) << n << " channels, " << w.windows << " windows";
      }
    }
}

TEST_P(DepthwiseTest, GradientsAreChains) {
  for (Index n : {1, 3, 4, 8, 9, 16, 17, 40})
    for (const DepthwiseWindows& w : some_windows(n)) {
      const Index size = w.rows * w.columns;
      const Values x = numbers(60 * n, 1, -1, 1), weight = numbers(size * n, 2, -1, 1),
                   delta = numbers(w.windows * n, 4, -1, 1);
      Values dx = numbers(60 * n, 5, -1, 1), dw = numbers(size * n + 20, 6, -1, 1);
      Values expected_dx = dx, expected_dw = dw;
      for_each(w, [&](Index q, Index t, Index c, std::size_t place) {
        const Scalar d = delta[at(q * n + c)];
        expected_dx[place] = std::fma(d, weight[at(t * n + c)], expected_dx[place]);
        expected_dw[at(t * n + c)] = std::fma(x[place], d, expected_dw[at(t * n + c)]);
      });
      table().depthwise_backward(w, delta.data(), weight.data(), dx.data());
      table().depthwise_gradient(w, x.data(), delta.data(), dw.data());
      ASSERT_TRUE(same_bits(dx, expected_dx)) << n << " channels, " << w.windows << " windows";
      ASSERT_TRUE(same_bits(dw, expected_dw)) << n << " channels, " << w.windows << " windows";
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, DepthwiseTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
