#include <cmath>
#include <cstring>
#include <vector>

#include "guarded.hpp"
#include "kernels/product.hpp"
#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

class TapsTest : public TableTest {};

struct TapCase {
  Index taps, rows, n, lines, pixels, padding;
};

/// The definition of C, where memory between its rows keeps what it has.
void add_up(const TapProduct& g, Values& c) {
  for (Index t = 0; t < g.taps; ++t)
    for (Index r = 0; r < g.rows; ++r)
      for (Index j = 0; j < g.n; ++j) {
        Scalar sum = 0;
        for (Index i = 0; i < g.lines; ++i)
          for (Index w = 0; w < g.windows; ++w)
            if (const Index q = w + t - g.padding; q >= 0 && q < g.pixels)
              sum = std::fma(g.a[g.offsets[i] + q * g.a_step + r],
                             g.b[(g.b_rows[i] + w) * g.b_step + j], sum);
        c[static_cast<std::size_t>(t * g.c_tap + r * g.c_row + j)] = sum;
      }
}

constexpr Index kFewRows = 11;  // a table may refuse more

/// Whether C is right, and nothing else written; nothing at all where the table refuses.
testing::AssertionResult taps_agree(const Table& table, const TapCase& s) {
  const Index windows = s.pixels + 2 * s.padding - s.taps + 1;
  const Index a_step = s.rows + 2, b_step = s.n + 3;
  const Index c_row = s.n + 1, c_tap = s.rows * c_row + 5;
  std::vector<Index> offsets, b_rows;  // from the last line to the first
  for (Index i = s.lines - 1; i >= 0; --i) {
    offsets.push_back(i * (s.pixels + 1) * a_step);
    b_rows.push_back(i * (windows + 2));
  }
  const Values a = numbers((s.lines * (s.pixels + 1) - 2) * a_step + s.rows, 1, -1, 1);
  const Values b = numbers((s.lines * (windows + 2) - 3) * b_step + s.n, 2, -1, 1);
  static Guarded a_memory(1 << 20), b_memory(1 << 20);
  Values c(static_cast<std::size_t>(s.taps * c_tap), kUntouched), expected = c;
  const TapProduct product{.taps = s.taps,
                           .rows = s.rows,
                           .n = s.n,
                           .pixels = s.pixels,
                           .windows = windows,
                           .padding = s.padding,
                           .lines = s.lines,
                           .offsets = offsets.data(),
                           .b_rows = b_rows.data(),
                           .a = a_memory.put(a),
                           .b = b_memory.put(b),
                           .c = c.data(),
                           .a_step = a_step,
                           .b_step = b_step,
                           .c_row = c_row,
                           .c_tap = c_tap,
                           .ahead = a};
  const bool done = table.multiply_taps(product);
  if (done) add_up(product, expected);
  if ((done || s.rows > kFewRows) &&
      std::memcmp(c.data(), expected.data(), c.size() * sizeof(Scalar)) == 0)
    return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << s.taps << " taps, " << s.rows << " rows, n " << s.n << ", " << s.lines << " lines of "
         << s.pixels << " pixels, padding " << s.padding;
}

TEST_P(TapsTest, GiveTheSumsOverTheWindows) {
  const Index unit = 64 / sizeof(Scalar);  // a vector of the widest
  for (Index taps = 2; taps <= 9; ++taps)
    for (Index padding = 0; padding <= taps; ++padding)
      for (Index pixels = 1; pixels <= 12; ++pixels) {
        if (pixels + 2 * padding + 1 < 2 * taps) continue;  // fewer windows than taps
        for (Index rows : {1, 3, 5, 8})
          ASSERT_TRUE(taps_agree(table(), {taps, rows, unit + 1, 2, pixels, padding}));
      }
  for (Index taps : {2, 3})
    for (Index rows = 1; rows <= 30; ++rows)
      for (Index n : {Index{1}, unit - 1, unit, unit + 1, 2 * unit - 3, 2 * unit, 3 * unit})
        ASSERT_TRUE(taps_agree(table(), {taps, rows, n, 3, 9, 1}));
  ASSERT_TRUE(taps_agree(table(), {3, 7, unit, 16, 32, 1}));  // a whole block of the sum
}

INSTANTIATE_TEST_SUITE_P(Tables, TapsTest, testing::ValuesIn(tested_tables()), name_of);

}}}}  // namespace nn::NN_PRECISION::kernels
