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

/// Whether C is right, and nothing else written; or nothing at all, if the table `may_refuse`.
testing::AssertionResult taps_agree(const Table& table, const TapCase& s, bool may_refuse = true) {
  const Index windows = s.pixels + 2 * s.padding - s.taps + 1;
  const Index a_step = s.rows + 2, b_step = s.n + 3, c_row = s.n + 1, c_tap = s.rows * c_row + 5;
  std::vector<Index> offsets, b_rows;  // from the last line to the first
  for (Index i = s.lines - 1; i >= 0; --i) {
    offsets.push_back(i * (s.pixels + 1) * a_step);
    b_rows.push_back(i * (windows + 2));
  }
  const Values a = numbers((s.lines * (s.pixels + 1) - 2) * a_step + s.rows, 1, -1, 1);
  const Values b = numbers((s.lines * (windows + 2) - 3) * b_step + s.n, 2, -1, 1);
  Values c(static_cast<std::size_t>(s.taps * c_tap), Scalar(7)), expected = c;
  static Guarded a_memory(1 << 20), b_memory(1 << 20);
  const bool done = table.multiply_taps({.taps = s.taps,
                                         .rows = s.rows,
                                         .n = s.n,
                                         .lines = s.lines,
                                         .pixels = s.pixels,
                                         .windows = windows,
                                         .padding = s.padding,
                                         .offsets = offsets.data(),
                                         .b_rows = b_rows.data(),
                                         .a = a_memory.put(a),
                                         .a_step = a_step,
                                         .b = b_memory.put(b),
                                         .b_step = b_step,
                                         .c = c.data(),
                                         .c_row = c_row,
                                         .c_tap = c_tap,
                                         .ahead = a});
  for (Index t = 0; done && t < s.taps; ++t)
    for (Index r = 0; r < s.rows; ++r)
      for (Index j = 0; j < s.n; ++j) {
        Scalar sum = 0;
        for (std::size_t i = 0; i < offsets.size(); ++i)
          for (Index w = 0; w < windows; ++w) {
            const Index q = w + t - s.padding;
            if (q < 0 || q >= s.pixels) continue;
            sum = std::fma(a[static_cast<std::size_t>(offsets[i] + q * a_step + r)],
                           b[static_cast<std::size_t>((b_rows[i] + w) * b_step + j)], sum);
          }
        expected[static_cast<std::size_t>(t * c_tap + r * c_row + j)] = sum;
      }
  const bool agree = std::memcmp(c.data(), expected.data(), c.size() * sizeof(Scalar)) == 0;
  if (agree && (done || may_refuse)) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << s.taps << " taps, " << s.rows << " rows, n " << s.n << ", " << s.lines << " lines of "
         << s.pixels << " pixels, padding " << s.padding;
}

TEST_P(TapsTest, GiveTheSumsOverTheWindows) {
  const Index unit = 64 / sizeof(Scalar);  // a vector of the widest
  for (Index taps : {2, 3, 4, 5, 6, 7})
    for (Index padding = 0; padding <= taps; ++padding)
      for (Index pixels : {taps - 1, taps, taps + 1, Index{14}}) {
        if (pixels + 2 * padding < taps) continue;
        for (Index rows : {1, 3, 4, 5, 8})
          ASSERT_TRUE(taps_agree(table(), {taps, rows, unit + 1, 2, pixels, padding}));
      }
  for (Index taps : {2, 3})
    for (Index rows = 1; rows <= 30; ++rows)
      for (Index n : {Index{1}, unit - 1, unit, unit + 1, 2 * unit - 3, 2 * unit, 3 * unit})
        ASSERT_TRUE(taps_agree(table(), {taps, rows, n, 3, 9, 1}, rows > 4));
  for (Index lines : {1, 16})  // a block, and more than one
    for (Index pixels : {32, 33}) ASSERT_TRUE(taps_agree(table(), {3, 7, unit, lines, pixels, 1}));
}

INSTANTIATE_TEST_SUITE_P(Tables, TapsTest, testing::ValuesIn(tested_tables()), name_of);

}}}}  // namespace nn::NN_PRECISION::kernels
