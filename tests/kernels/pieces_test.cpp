#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "guarded.hpp"
#include "kernels/product.hpp"
#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

class PiecesTest : public TableTest {};

/// Offsets that do not follow each other evenly, up or down.
std::vector<Index> uneven(Index count, Index distance) {
  std::vector<Index> offsets;
  for (Index i = 0; i < count; ++i)
    offsets.push_back(distance * (i % 2 == 0 ? i : count - i / 2) + i % 3);
  return offsets;
}

/// `skipped` steps are left out before the first piece, and `gap` steps, which have rows in B,
/// between pieces. Row r of A is 5 numbers behind the one before, but the first of each three
/// `threes` behind the first of the three before, if not 0.
struct PieceCase {
  Index row_pieces, rows, step_pieces, steps, n, skipped;
  Scalar beta;
  bool bias;
  Index gap = 0, threes = 0, a_step = 2;
};

testing::AssertionResult pieces_agree(const Table& table, const PieceCase& s) {
  const Index m = s.row_pieces * s.rows, k = s.step_pieces * s.steps, b_row = s.n + 3,
              c_row = s.n + 2, between = s.steps + s.gap, c_threes = s.threes == 0 ? 0 : 4 * c_row;
  const std::vector<Index> rows = uneven(s.row_pieces, 40), steps = uneven(s.step_pieces, 17);
  const ConstMatrix strides{nullptr, 5, s.a_step};
  auto row_at = [&](Index r, Index row, Index threes) {
    return threes == 0 ? r * row : r / 3 * threes + r % 3 * row;
  };
  auto b_row_of = [&](Index p) { return p / s.steps * between + p % s.steps; };
  const Index size =
      100 + 45 * (s.row_pieces + s.rows) + 20 * (s.step_pieces + s.steps) + s.rows / 3 * s.threes;
  const Index b_height = (s.step_pieces - 1) * between + s.steps;
  const Values a = numbers(size, 1, -1, 1), b = numbers(b_height * b_row, 2, -1, 1);
  const Values bias = numbers(s.n, 3, -1, 1), before = numbers(2 * m * c_row, 4, -1, 1);
  std::vector<Index> c_rows;  // the last piece first
  for (Index i = 0; i < s.row_pieces; ++i)
    c_rows.push_back((s.row_pieces - 1 - i) * 2 * s.rows * c_row);
  std::vector<Index> b_rows;
  for (Index i = 0; i < s.step_pieces; ++i) b_rows.push_back(i * between);

  static Guarded b_memory(1 << 20), bias_memory(1 << 14);
  const Values b_rows_only(b.begin(), b.end() - (b_row - s.n));  // nothing behind the last one
  Values c = s.beta == 0 ? Values(before.size(), kNaN) : before, expected = c;
  table.multiply_pieces({.rows = {rows.data(), s.row_pieces, s.rows},
                         .steps = {steps.data(), s.step_pieces, s.steps},
                         .c_rows = c_rows.data(),
                         .b_rows = b_rows.data(),
                         .n = s.n,
                         .a = {a.data(), strides.row_stride, strides.col_stride},
                         .b = {b_memory.put(b_rows_only), b_row, 1},
                         .beta = s.beta,
                         .c = {c.data(), c_row, 1},
                         .bias = s.bias ? bias_memory.put(bias) : nullptr,
                         .first_step = s.skipped,
                         .a_threes = s.threes,
                         .c_threes = c_threes,
                         .ahead = a});
  for (Index i = 0; i < m; ++i) {
    Values row(static_cast<std::size_t>(s.skipped + b_height), 0);  // 0 for what is left out
    for (Index p = 0; p < k; ++p)
      row[static_cast<std::size_t>(s.skipped + b_row_of(p))] = a[static_cast<std::size_t>(
          rows[static_cast<std::size_t>(i / s.rows)] +
          row_at(i % s.rows, strides.row_stride, s.threes) +
          steps[static_cast<std::size_t>(p / s.steps)] + p % s.steps * strides.col_stride)];
    for (Index j = 0; j < s.n; ++j) {
      Values column(row.size(), 1);
      for (Index p = 0; p < k; ++p)
        column[static_cast<std::size_t>(s.skipped + b_row_of(p))] =
            b[static_cast<std::size_t>(b_row_of(p) * b_row + j)];
      Scalar& sum = expected[static_cast<std::size_t>(c_rows[static_cast<std::size_t>(i / s.rows)] +
                                                      row_at(i % s.rows, c_row, c_threes) + j)];
      sum = s.beta == 0 ? 0 : s.beta * sum;
      sum += ordered_sum(1, row.data(), 1, column.data(), 1, s.skipped + b_height);
      if (s.bias) sum += bias[static_cast<std::size_t>(j)];
    }
  }
  for (std::size_t at = 0; at < c.size(); ++at)
    if (std::memcmp(&c[at], &expected[at], sizeof(Scalar)) != 0)
      return testing::AssertionFailure()
             << s.row_pieces << " x " << s.rows << " rows, " << s.step_pieces << " x " << s.steps
             << " steps, n " << s.n << ", skipped " << s.skipped << ": got " << c[at] << " at "
             << at << " of C, expected " << expected[at];
  return testing::AssertionSuccess();
}

TEST_P(PiecesTest, GiveTheSumsOfTheWhole) {
  const Index unit = 64 / sizeof(Scalar);  // a vector of the widest
  for (Index rows : {1, 2, 6, 13, 14, 15, 16, 17, 29}) {
    for (Index rest = 0; rest < unit; ++rest) {
      ASSERT_TRUE(pieces_agree(table(), {1, rows, 1, 1, unit - rest, 0, 0, true}));
      ASSERT_TRUE(pieces_agree(table(), {3, rows, 1, 16, 2 * unit - rest, 0, Scalar(0.5), false}));
    }
    ASSERT_TRUE(pieces_agree(table(), {2, rows, 9, 1, 3 * unit, 3, 0, true}));
    ASSERT_TRUE(pieces_agree(table(), {3, rows, 3, 11, 5 * unit - 2, 22, 1, false}));
  }
  for (auto [pieces, steps, skipped, gap] : {std::array<Index, 4>{3, 200, 0, 0},  // several blocks
                                             {2, 300, 300, 2},
                                             {4, 300, 511, 1},
                                             {1, 513, 512, 0}})
    for (Index rows : {15, 60})
      for (Index n : {unit, 33 * unit})
        ASSERT_TRUE(pieces_agree(table(), {1, rows, pieces, steps, n, skipped, 0, true, gap}));
  for (auto [pieces, steps, skipped, gap] : {std::array<Index, 4>{3, 5, 508, 600},
                                             {4, 128, 0, 64},
                                             {2, 512, 512, 512}})  // all but whole blocks left out
    ASSERT_TRUE(pieces_agree(table(), {2, 15, pieces, steps, unit, skipped, 0, true, gap}));
  // Rows of B that lie far apart.
  for (Index rest : {0, 1, 3})
    ASSERT_TRUE(pieces_agree(table(), {4, 16, 2, 5, 33 * unit - rest, 0, 0, true, rest}));
  // Few steps.
  for (Index pieces : {1, 2, 3, 4, 5, 6})
    for (Index steps : {1, 2, 3, 4, 5, 6})
      for (Index n : {Index{1}, unit, 2 * unit - 3}) {
        ASSERT_TRUE(pieces_agree(table(), {3, 7, pieces, steps, n, 0, 0, true, n % 3, 0, 1}));
        ASSERT_TRUE(pieces_agree(table(), {2, 1, pieces, steps, n, 510, 0, false, 0, 0, 1}));
        ASSERT_TRUE(pieces_agree(table(), {2, 3, pieces, steps, n, 0, Scalar(2), true, 0, 0, 1}));
      }
  // Rows of A that lie in threes.
  for (Index rows : {3, 6, 9, 12, 15, 18, 33})
    for (Index rest : {0, 1, 5})
      for (Index vectors : {1, 2, 3})
        for (Index steps : {7, 300})
          ASSERT_TRUE(pieces_agree(
              table(), {2, rows, 4, steps, vectors * unit - rest, 0, 0, true, rest, 35 + rows}));
  ASSERT_TRUE(pieces_agree(table(), {2, 9, 4, 7, unit, 0, Scalar(0.5), true, 0, 40}));
  ASSERT_TRUE(pieces_agree(table(), {2, 6, 2, 3, unit, 0, 0, true, 0, 40, 1}));
}

INSTANTIATE_TEST_SUITE_P(Tables, PiecesTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
