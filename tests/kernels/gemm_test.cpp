#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "guarded.hpp"
#include "kernels/product.hpp"
#include "support/threads.hpp"
#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// How a matrix lies in memory.
enum class Layout { plain, padded, transposed, padded_transposed, reversed, spaced, one_row };

struct Placed {
  std::vector<Scalar> values;
  Index origin, row_stride, col_stride;
};

std::mt19937& generator() {
  static std::mt19937 g(20240607);
  return g;
}

Scalar next_value() {
  return static_cast<Scalar>(generator()()) * static_cast<Scalar>(0x1p-31) - Scalar{1};
}

Placed place(Index rows, Index cols, Layout layout) {
  Index rs = cols, cs = 1, origin = 0;
  if (layout == Layout::padded) rs = cols + 3;
  if (layout == Layout::transposed) rs = 1, cs = rows;
  if (layout == Layout::padded_transposed) rs = 1, cs = rows + 2;
  if (layout == Layout::spaced) cs = 2, rs = 2 * cols + 1;
  if (layout == Layout::one_row) rs = 0;
  if (layout == Layout::reversed) rs = -cols, cs = -1, origin = rows * cols - 1;
  const Index last = std::max<Index>(0, rows - 1) * std::abs(rs) + (cols - 1) * std::abs(cs);
  std::vector<Scalar> values(static_cast<std::size_t>(last + 1));
  for (Scalar& v : values) v = next_value();
  return {std::move(values), origin, rs, cs};
}

struct Case {
  Index m, n, k;
  Layout a = Layout::plain, b = Layout::plain, c = Layout::plain;
  Scalar alpha = 1, beta = 0;
  bool bias = false;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << "m " << c.m << " n " << c.n << " k " << c.k << " layouts " << int(c.a) << int(c.b)
             << int(c.c) << " alpha " << c.alpha << " beta " << c.beta << " bias " << c.bias;
}

/// The contract of kernels.hpp, word for word.
void reference(const Case& s, ConstMatrix a, ConstMatrix b, Matrix c, const Scalar* bias) {
  for (Index i = 0; i < s.m; ++i) {
    for (Index j = 0; j < s.n; ++j) {
      Scalar& out = c.data[i * c.row_stride + j * c.col_stride];
      Scalar sum = ordered_sum(s.alpha, a.data + i * a.row_stride, a.col_stride,
                               b.data + j * b.col_stride, b.row_stride, s.k);
      if (s.beta != 0) sum += s.beta * out;
      out = bias ? sum + bias[j] : sum;
    }
  }
}

ConstMatrix view(const Placed& p, const Scalar* data) {
  return {data + p.origin, p.row_stride, p.col_stride};
}

class GemmTest : public TableTest {
 protected:
  GemmTest() { generator().seed(20240607); }

  /// Whether the table gives the reference's bits, in C and in all memory around it.
  testing::AssertionResult agrees(const Case& s) {
    const Placed a = place(s.m, s.k, s.a), b = place(s.k, s.n, s.b);
    Placed c = place(s.m, s.n, s.c);
    std::vector<Scalar> bias(static_cast<std::size_t>(s.n));
    for (Scalar& v : bias) v = next_value();
    if (s.beta == 0)
      for (Index i = 0; i < s.m; ++i)
        for (Index j = 0; j < s.n; ++j)
          c.values[static_cast<std::size_t>(c.origin + i * c.row_stride + j * c.col_stride)] = kNaN;
    Scalar* got = c_.put(c.values);
    const Scalar* guarded_bias = s.bias ? bias_.put(bias) : nullptr;
    gemm(table(), {.m = s.m,
                   .n = s.n,
                   .k = s.k,
                   .alpha_a = s.alpha,
                   .a = view(a, a_.put(a.values)),
                   .b = view(b, b_.put(b.values)),
                   .beta = s.beta,
                   .c = {got + c.origin, c.row_stride, c.col_stride},
                   .bias = guarded_bias});
    reference(s, view(a, a.values.data()), view(b, b.values.data()),
              {c.values.data() + c.origin, c.row_stride, c.col_stride},
              s.bias ? bias.data() : nullptr);
    for (std::size_t i = 0; i < c.values.size(); ++i)
      if (std::memcmp(got + i, &c.values[i], sizeof(Scalar)) != 0)
        return testing::AssertionFailure() << s << ": at " << i << " of C's memory got " << got[i]
                                           << ", expected " << c.values[i];
    return testing::AssertionSuccess();
  }

 private:
  Guarded a_{1 << 20}, b_{1 << 20}, c_{1 << 19}, bias_{1 << 14};
};

TEST_P(GemmTest, EverySizeAroundATileInEveryTransposition) {
  const Index sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 65};
  for (Index m : sizes)
    for (Index n : sizes)
      for (Index k : sizes)
        for (Layout a : {Layout::padded, Layout::padded_transposed})
          for (Layout b : {Layout::padded, Layout::padded_transposed})
            ASSERT_TRUE(agrees({m, n, k, a, b, Layout::padded}));
}

TEST_P(GemmTest, EveryLayoutWithEveryScaling) {
  const Layout inputs[] = {Layout::plain, Layout::transposed, Layout::reversed, Layout::spaced,
                           Layout::one_row};
  const Layout outputs[] = {Layout::plain, Layout::padded_transposed, Layout::spaced};
  const Case sizes[] = {{1, 1, 1},    {1, 40, 9},   {13, 1, 10}, {2, 37, 11},  {7, 10, 5},
                        {29, 17, 33}, {15, 66, 20}, {43, 33, 8}, {2, 150, 1},  {5, 150, 1},
                        {20, 300, 1}, {300, 20, 1}, {1, 75, 23}, {40, 10, 20}, {70, 20, 17}};
  for (Case s : sizes)
    for (Layout a : inputs)
      for (Layout b : inputs)
        for (Layout c : outputs)
          for (Scalar alpha : {Scalar(1), Scalar(-0.7)})
            for (Scalar beta : {Scalar(0), Scalar(1), Scalar(0.3)})
              for (bool bias : {false, true})
                ASSERT_TRUE(agrees({s.m, s.n, s.k, a, b, c, alpha, beta, bias}));
}

TEST_P(GemmTest, MoreThanOneBlockOfRowsColumnsAndSteps) {
  const Case sizes[] = {
      {80, 40, 300},   {180, 50, 530},  {5, 4200, 3},   {1, 70, 600},    {3, 130, 517},
      {173, 31, 400},  {30, 260, 40},   {65, 300, 33},  {280, 130, 240}, {57, 1100, 33},
      {1, 1, 1000},    {7, 8200, 2},    {400, 9, 300},  {40, 1100, 9},   {64, 150, 1024},
      {66, 140, 1025}, {2300, 130, 29}, {12, 1100, 33}, {60, 2048, 9},   {70, 1030, 27},
      {1, 70, 510},    {1, 150, 1022},  {1, 100, 40},   {1, 205, 17},    {1, 230, 9},
      {110, 480, 530}, {280, 530, 130}, {14, 8192, 25}, {66, 4096, 9},   {2, 1024, 9},
      {31, 1600, 13},  {64, 1030, 32},  {10, 2000, 24}, {60, 2048, 13}};
  for (Case s : sizes) {
    const Layout plain = Layout::plain, transposed = Layout::transposed;
    ASSERT_TRUE(agrees({s.m, s.n, s.k, plain, plain, plain}));
    ASSERT_TRUE(agrees({s.m, s.n, s.k, plain, transposed, plain, 1, Scalar(-2), true}));
    ASSERT_TRUE(agrees({s.m, s.n, s.k, plain, Layout::padded_transposed, plain}));
    ASSERT_TRUE(agrees({s.m, s.n, s.k, transposed, plain, plain, Scalar(0.9), 1, true}));
  }
}

TEST_P(GemmTest, EveryWayToMultiplyAroundTheEndsOfBlocks) {
  const Layout plain = Layout::plain, transposed = Layout::transposed, spaced = Layout::spaced;
  const Case ways[] = {{5, 37, 0, plain, plain, plain},             // tiles
                       {30, 20, 0, plain, transposed, plain},       // packed
                       {1, 45, 0, plain, transposed, plain},        // one row
                       {45, 1, 0, plain, plain, plain},             // one column
                       {40, 3, 0, transposed, plain, plain},        // narrow
                       {36, 4, 0, plain, transposed, plain},        // narrow, along both
                       {37, 9, 0, plain, transposed, plain},        // likewise on pages
                       {6, 11, 0, plain, plain, transposed},        // C^T
                       {4, 9, 0, spaced, spaced, spaced},           // C in a copy
                       {1, 13, 0, Layout::one_row, plain, plain}};  // sums of columns
  for (Index k : {511, 512, 513, 1023, 1024, 1025, 1537})
    for (Case s : ways)
      for (Scalar alpha : {Scalar(1), Scalar(-0.7)})
        for (Scalar beta : {Scalar(0), Scalar(1), Scalar(0.3)})
          for (bool bias : {false, true})
            ASSERT_TRUE(agrees({s.m, s.n, k, s.a, s.b, s.c, alpha, beta, bias}));
}

TEST_P(GemmTest, EveryWayToMultiplyAroundTheEndsOfGroups) {
  const Layout plain = Layout::plain, transposed = Layout::transposed;
  const Case ways[] = {
      {2, 19, 0, plain, plain, plain},      {3, 4, 0, transposed, plain, plain},
      {1, 9, 0, plain, transposed, plain},  {9, 1, 0, plain, plain, plain},
      {17, 2, 0, transposed, plain, plain}, {2, 5, 0, plain, plain, Layout::spaced}};
  const Index group = 512 * 32;
  int count = 0;
  for (Index k : {group - 1, group, group + 1, 2 * group, 3 * group + 700})
    for (Case s : ways)
      for (Scalar beta : {Scalar(0), Scalar(0.3)}) {
        count = count % 3 + 1;
        const test::Threads threads(count);
        ASSERT_TRUE(agrees({s.m, s.n, k, s.a, s.b, s.c, 1, beta, beta != 0})) << count;
        ASSERT_TRUE(agrees({s.m, s.n, k, s.a, s.b, s.c, Scalar(0.9), beta, beta == 0})) << count;
      }
}

TEST_P(GemmTest, SumsOfRows) {
  const Scalar one = 1;
  Guarded memory(1 << 19);
  for (Index n : {1, 3, 8, 13, 16, 29, 32, 45})
    for (Index k : {1, 7, 512, 1030})
      for (Scalar alpha : {Scalar(1), Scalar(0.7)})
        for (Scalar beta : {Scalar(0), Scalar(0.3)}) {
          const Index b_row = n + 2;
          const Values ones(static_cast<std::size_t>(k), 1), old = numbers(n, 2, -1, 1),
                                                             b = numbers(k * b_row - 2, 1, -1, 1);
          Values c = old;
          gemm(table(), {.m = 1,
                         .n = n,
                         .k = k,
                         .alpha_a = alpha,
                         .a = {&one, 0, 0},
                         .b = {memory.put(b), b_row, 1},
                         .beta = beta,
                         .c = {c.data(), n, 1}});
          for (Index j = 0; j < n; ++j) {
            const auto at = static_cast<std::size_t>(j);
            Scalar sum = ordered_sum(alpha, ones.data(), 1, &b[at], b_row, k);
            if (beta != 0) sum += beta * old[at];
            ASSERT_EQ(std::memcmp(&c[at], &sum, sizeof sum), 0) << n << ' ' << k << ' ' << alpha;
          }
        }
}

// So large that the sums are made a part of C at a time, and a few groups at a time.
TEST_P(GemmTest, LongSumsOfALargeResult) {
  const std::string name = GetParam().name;
  if (name == "scalar" || name == "emulated") GTEST_SKIP() << "takes too long";
  const Index m = 600, n = 4200, k = 600;
  const Values a = numbers(m * k, 1, -1, 1), b = numbers(k * n, 2, -1, 1);
  Values c = numbers(m * n, 3, -1, 1);
  const Values old = c;
  gemm(table(), {.m = m,
                 .n = n,
                 .k = k,
                 .a = {a.data(), k, 1},
                 .b = {b.data(), n, 1},
                 .beta = 2,
                 .c = {c.data(), n, 1}});
  for (Index i = 0; i < m; i += 7)
    for (Index j = i % 31; j < n; j += 31) {
      const auto at = static_cast<std::size_t>(i * n + j);
      ASSERT_EQ(c[at], ordered_sum(1, &a[static_cast<std::size_t>(i * k)], 1,
                                   &b[static_cast<std::size_t>(j)], n, k) +
                           2 * old[at])
          << i << ' ' << j;
    }
}

TEST_P(GemmTest, ManyGroupsOfALargeResult) {
  const std::string name = GetParam().name;
  if (name.starts_with("scalar") || name == "emulated") GTEST_SKIP() << "takes too long";
  const Index m = 260, n = 1300, k = 3 * 512 * 32 + 5;
  const Values a = numbers(k, 1, -1, 1), b = numbers(k, 2, -1, 1);  // all rows, all columns alike
  const Scalar expected = ordered_sum(1, a.data(), 1, b.data(), 1, k);
  for (int count : {1, 3}) {
    const test::Threads threads(count);
    Values c(static_cast<std::size_t>(m * n), kNaN);
    gemm(table(), {.m = m,
                   .n = n,
                   .k = k,
                   .a = {a.data(), 0, 1},
                   .b = {b.data(), 1, 0},
                   .c = {c.data(), n, 1}});
    EXPECT_EQ(c, Values(c.size(), expected));
  }
}

TEST_P(GemmTest, AnyNumberOfThreads) {
  for (int count : {1, 2, 3}) {
    const test::Threads threads(count);
    for (Layout b : {Layout::plain, Layout::transposed}) {
      EXPECT_TRUE(agrees({157, 90, 101, Layout::plain, b, Layout::plain, 1, 1, true}));
      EXPECT_TRUE(agrees({40, 500, 80, Layout::transposed, b, Layout::plain, 1, 0, true}));
      EXPECT_TRUE(agrees({300, 64, 70, Layout::plain, b, Layout::transposed, 1, 0, true}));
      EXPECT_TRUE(agrees({1, 128, 1000, Layout::plain, b, Layout::plain, 1, 1, false}));
      // The blocks of a sum are shared.
      EXPECT_TRUE(agrees({12, 70, 4000, Layout::plain, b, Layout::plain, 1, 0, true}));
      EXPECT_TRUE(agrees({3, 60, 8200, Layout::plain, b, Layout::plain, Scalar(0.7), 1, true}));
      EXPECT_TRUE(agrees({30, 31, 2048, Layout::transposed, b, Layout::spaced, 1, 1, false}));
      EXPECT_TRUE(agrees({1000, 10, 70, Layout::plain, b, Layout::plain, 1, 0, true}));
      EXPECT_TRUE(agrees({1000, 70, 10, Layout::plain, b, Layout::plain, 1, 0, false}));
    }
  }
}

TEST_P(GemmTest, NoStepsReadNothingButC) {
  std::vector<Scalar> c{1, 2, 3, kNaN};
  const std::vector<Scalar> bias{10, 20};
  gemm(table(),
       {.m = 2, .n = 2, .k = 0, .a = {nullptr, 0, 1}, .b = {nullptr, 2, 1}, .c = {c.data(), 2, 1}});
  EXPECT_EQ(c, (std::vector<Scalar>{0, 0, 0, 0}));
  c = {1, 2, 3, 4};
  gemm(table(), {.m = 2,
                 .n = 2,
                 .k = 0,
                 .a = {nullptr, 0, 1},
                 .b = {nullptr, 2, 1},
                 .beta = 3,
                 .c = {c.data(), 2, 1},
                 .bias = bias.data()});
  EXPECT_EQ(c, (std::vector<Scalar>{13, 26, 19, 32}));
}

TEST_P(GemmTest, TheZeroOfASumIsPositive) {
  const Scalar zero = 0, minus = -zero;
  for (Index k : {0, 1, 2, 600}) {
    for (Index m : {1, 3}) {
      const Values a(static_cast<std::size_t>(m * k), minus),
          b(static_cast<std::size_t>(k * 20), 1);
      for (Scalar beta : {Scalar(0), Scalar(1)}) {
        Values c(static_cast<std::size_t>(m * 20), minus);
        gemm(table(), {.m = m,
                       .n = 20,
                       .k = k,
                       .a = {a.data(), k, 1},
                       .b = {b.data(), 20, 1},
                       .beta = beta,
                       .c = {c.data(), 20, 1}});
        for (Scalar value : c) EXPECT_TRUE(value == 0 && !std::signbit(value)) << m << ' ' << k;
      }
    }
  }
}

TEST_P(GemmTest, OneStepWithZerosAmongTheRows) {
  const Index n = 300;
  for (Index m : {1, 2, 9, 23}) {
    Values a(static_cast<std::size_t>(m)), b(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < a.size(); ++i)
      a[i] = i % 5 < 2 ? Scalar(0) : Scalar(2) - static_cast<Scalar>(i);
    for (std::size_t j = 0; j < b.size(); ++j) b[j] = static_cast<Scalar>(j % 7) + Scalar(0.5);
    b[297] = std::numeric_limits<Scalar>::infinity();
    for (Scalar beta : {Scalar(0), Scalar(1)}) {
      Values c(static_cast<std::size_t>(m * n), -Scalar{0});
      gemm(table(), {.m = m,
                     .n = n,
                     .k = 1,
                     .a = {a.data(), 1, 1},
                     .b = {b.data(), n, 1},
                     .beta = beta,
                     .c = {c.data(), n, 1}});
      for (std::size_t i = 0; i < c.size(); ++i) {
        const Scalar expected = a[i / n] * b[i % n] + Scalar{0};
        if (std::isnan(expected))
          EXPECT_TRUE(std::isnan(c[i])) << m << ' ' << i;
        else
          EXPECT_TRUE(c[i] == expected && std::signbit(c[i]) == std::signbit(expected))
              << m << ' ' << i;
      }
    }
  }
}

TEST_P(GemmTest, NoRowsOrNoColumnsDoNothing) {
  Scalar c = 5, one = 1;
  gemm(table(), {.m = 0, .n = 1, .k = 1, .a = {nullptr, 1, 1}, .b = {&one, 1, 1}, .c = {&c, 1, 1}});
  gemm(table(), {.m = 1, .n = 0, .k = 1, .a = {&one, 1, 1}, .b = {nullptr, 0, 1}, .c = {&c, 0, 1}});
  EXPECT_EQ(c, 5);
}

TEST_P(GemmTest, ZeroTimesNaNIsNaN) {
  for (Index m : {1, 7, 30}) {
    const Index n = 20, k = 3;
    const std::vector<Scalar> a(static_cast<std::size_t>(m * k), 0);
    std::vector<Scalar> b(static_cast<std::size_t>(k * n), 1), c(static_cast<std::size_t>(m * n));
    b[5] = kNaN;
    b[static_cast<std::size_t>(n) + 19] = std::numeric_limits<Scalar>::infinity();
    for (Scalar alpha : {Scalar(1), Scalar(0)}) {
      gemm(table(), {.m = m,
                     .n = n,
                     .k = k,
                     .alpha_a = alpha,
                     .a = {a.data(), k, 1},
                     .b = {b.data(), n, 1},
                     .c = {c.data(), n, 1}});
      for (Index i = 0; i < m * n; ++i) {
        const Scalar value = c[static_cast<std::size_t>(i)];
        if (i % n == 5 || i % n == 19)
          EXPECT_TRUE(std::isnan(value)) << i;
        else
          EXPECT_EQ(value, 0) << i;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, GemmTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
