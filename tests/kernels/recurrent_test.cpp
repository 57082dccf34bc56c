// The kernels of recurrent.inl.
#include <algorithm>
#include <cmath>

#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

constexpr Index kRows = 3;
const std::vector<Index> kHidden{1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 50};

/// rows x hidden numbers of the kernels' arrays, behind which nothing is written.
struct Cells {
  explicit Cells(Index hidden_) : hidden(hidden_) {}

  Values draw(Index width, std::uint64_t seed) const {
    Values x = numbers(kRows * width * hidden + 1, seed, -3, 3);
    x.back() = kUntouched;
    return x;
  }
  Values room(Index width) const {
    return Values(static_cast<std::size_t>(kRows * width * hidden + 1), kUntouched);
  }
  /// Calls cell(first of its gates, its place) for each cell.
  template <class Cell>
  void for_each(Index gates, Cell cell) const {
    for (Index i = 0; i < kRows * hidden; ++i)
      cell(static_cast<std::size_t>(i / hidden * gates * hidden + i % hidden),
           static_cast<std::size_t>(i));
  }

  Index hidden;
};

class RecurrentTest : public TableTest {
 protected:
  /// The function of a number, by the table's own kernel.
  Scalar sigmoid(Scalar x) const { return of(table().sigmoid, x); }
  Scalar tanh(Scalar x) const { return of(table().tanh, x); }

 private:
  static Scalar of(void (*kernel)(Index, const Scalar*, Scalar*), Scalar x) {
    Scalar y;
    kernel(1, &x, &y);
    return y;
  }
};

Scalar sigmoid_slope(Scalar y) {
  const Scalar rest = 1 - y;
  return y * rest;
}
Scalar tanh_slope(Scalar y) { return std::fma(-y, y, Scalar{1}); }

TEST_P(RecurrentTest, Lstm) {
  for (Index hidden : kHidden) {
    const Cells cells(hidden);
    const Values c_before = cells.draw(1, 2);
    Values gates = cells.draw(4, 1), c = cells.room(1), h = c;
    Values gates1 = gates, c1 = c, h1 = h;
    table().lstm(kRows, hidden, gates.data(), c_before.data(), c.data(), h.data());
    const auto n = static_cast<std::size_t>(hidden);
    cells.for_each(4, [&](std::size_t at, std::size_t k) {
      Scalar &i = gates1[at], &f = gates1[at + n], &g = gates1[at + 2 * n], &o = gates1[at + 3 * n];
      i = sigmoid(i), f = sigmoid(f), g = tanh(g), o = sigmoid(o);
      const Scalar fresh = i * g;
      c1[k] = std::fma(f, c_before[k], fresh);
      h1[k] = o * tanh(c1[k]);
    });
    ASSERT_TRUE(same_bits(gates, gates1)) << hidden;
    ASSERT_TRUE(same_bits(c, c1)) << hidden;
    ASSERT_TRUE(same_bits(h, h1)) << hidden;
  }
}

TEST_P(RecurrentTest, LstmBackward) {
  for (Index hidden : kHidden) {
    const Cells cells(hidden);
    const Values gates = cells.draw(4, 1), c_before = cells.draw(1, 2), c = cells.draw(1, 3),
                 dh = cells.draw(1, 4);
    Values dc = cells.draw(1, 5), da = cells.room(4), dc1 = dc, da1 = da;
    table().lstm_backward(kRows, hidden, gates.data(), c_before.data(), c.data(), dh.data(),
                          dc.data(), da.data());
    const auto n = static_cast<std::size_t>(hidden);
    cells.for_each(4, [&](std::size_t at, std::size_t k) {
      const Scalar i = gates[at], f = gates[at + n], g = gates[at + 2 * n], o = gates[at + 3 * n];
      const Scalar t = tanh(c[k]), through_o = dh[k] * o;
      const Scalar d = std::fma(through_o, tanh_slope(t), dc1[k]);
      const Scalar d_i = d * g, d_f = d * c_before[k], d_g = d * i, d_o = dh[k] * t;
      da1[at] = d_i * sigmoid_slope(i);
      da1[at + n] = d_f * sigmoid_slope(f);
      da1[at + 2 * n] = d_g * tanh_slope(g);
      da1[at + 3 * n] = d_o * sigmoid_slope(o);
      dc1[k] = d * f;
    });
    ASSERT_TRUE(same_bits(da, da1)) << hidden;
    ASSERT_TRUE(same_bits(dc, dc1)) << hidden;
  }
}

TEST_P(RecurrentTest, Gru) {
  for (Index hidden : kHidden) {
    const Cells cells(hidden);
    const Values u = cells.draw(3, 2), h_before = cells.draw(1, 3);
    Values gates = cells.draw(3, 1), h = cells.room(1), gates1 = gates, h1 = h;
    table().gru(kRows, hidden, gates.data(), u.data(), h_before.data(), h.data());
    const auto m = static_cast<std::size_t>(hidden);
    cells.for_each(3, [&](std::size_t at, std::size_t k) {
      Scalar &r = gates1[at], &z = gates1[at + m], &n = gates1[at + 2 * m];
      const Scalar sum_r = r + u[at], sum_z = z + u[at + m];
      r = sigmoid(sum_r), z = sigmoid(sum_z);
      n = tanh(std::fma(r, u[at + 2 * m], n));
      const Scalar change = h_before[k] - n;
      h1[k] = std::fma(z, change, n);
    });
    ASSERT_TRUE(same_bits(gates, gates1)) << hidden;
    ASSERT_TRUE(same_bits(h, h1)) << hidden;
  }
}

TEST_P(RecurrentTest, GruBackward) {
  for (Index hidden : kHidden) {
    const Cells cells(hidden);
    const Values gates = cells.draw(3, 1), u = cells.draw(3, 2), h_before = cells.draw(1, 3),
                 dh = cells.draw(1, 4);
    Values da = cells.room(3), du = da, dh_before = cells.draw(1, 5);
    Values da1 = da, du1 = du, dh_before1 = dh_before;
    table().gru_backward(kRows, hidden, gates.data(), u.data(), h_before.data(), dh.data(),
                         da.data(), du.data(), dh_before.data());
    const auto m = static_cast<std::size_t>(hidden);
    cells.for_each(3, [&](std::size_t at, std::size_t k) {
      const Scalar r = gates[at], z = gates[at + m], n = gates[at + 2 * m], rest = 1 - z;
      const Scalar share = dh[k] * rest, d = share * tanh_slope(n), change = h_before[k] - n;
      const Scalar d_r = d * u[at + 2 * m], d_z = dh[k] * change;
      da1[at] = du1[at] = d_r * sigmoid_slope(r);
      da1[at + m] = du1[at + m] = d_z * sigmoid_slope(z);
      da1[at + 2 * m] = d;
      du1[at + 2 * m] = d * r;
      dh_before1[k] = std::fma(dh[k], z, dh_before1[k]);
    });
    ASSERT_TRUE(same_bits(da, da1)) << hidden;
    ASSERT_TRUE(same_bits(du, du1)) << hidden;
    ASSERT_TRUE(same_bits(dh_before, dh_before1)) << hidden;
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, RecurrentTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
