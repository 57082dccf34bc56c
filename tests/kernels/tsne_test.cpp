// The kernels of tsne.inl.
#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

class TsneTest : public TableTest {};

TEST_P(TsneTest, RepulsionIsItsFormulaAddedUpInOrderWithoutThePointItself) {
  constexpr std::size_t first = 9;  // of 40 points among 80 masses
  const Values mass_x = numbers(80, 1, -2, 2), mass_y = numbers(80, 2, -2, 2);
  Values weight = numbers(80, 3, 1, 9);
  std::fill_n(weight.begin() + first, 40, Scalar{1});
  Values fx(40, 0), fy = fx, total = fx;
  for (std::size_t i = 0; i < fx.size(); ++i) {
    for (std::size_t j = 0; j < weight.size(); ++j) {
      if (j == first + i) continue;
      const Scalar dx = mass_x[first + i] - mass_x[j], dy = mass_y[first + i] - mass_y[j];
      const Scalar w = 1 / (1 + (dx * dx + dy * dy)), weighted = weight[j] * w;
      total[i] += weighted;
      fx[i] += weighted * w * dx;
      fy[i] += weighted * w * dy;
    }
  }
  for (Index n = 0; n <= 40; ++n) {
    Values expected_x(fx.size(), kUntouched), expected_y = expected_x, expected_total = expected_x;
    std::copy_n(fx.begin(), n, expected_x.begin());
    std::copy_n(fy.begin(), n, expected_y.begin());
    std::copy_n(total.begin(), n, expected_total.begin());
    Values got_x(fx.size(), kUntouched), got_y = got_x, got_total = got_x;
    table().tsne_repel({mass_x.data(), mass_y.data(), weight.data(), 80}, first, n, got_x.data(),
                       got_y.data(), got_total.data());
    ASSERT_TRUE(same_bits(got_x, expected_x)) << n << " points";
    ASSERT_TRUE(same_bits(got_y, expected_y)) << n << " points";
    ASSERT_TRUE(same_bits(got_total, expected_total)) << n << " points";
  }
}

TEST_P(TsneTest, AttractionIsItsFormulaInEightSums) {
  const Values xy = numbers(200, 6, -2, 2), p = numbers(96, 7, 0, 1);
  std::vector<std::int32_t> column;
  for (std::int32_t j = 0; j < 96; ++j) column.push_back(j * 7 % 100);
  for (Index n = 0; n <= 96; n += 8) {
    Scalar sum[2][8] = {};
    for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j) {
      const auto other = static_cast<std::size_t>(column[j]);
      const Scalar dx = 1 - xy[2 * other], dy = 2 - xy[2 * other + 1];
      const Scalar pull = p[j] / (1 + (dx * dx + dy * dy));
      sum[0][j % 8] += pull * dx;
      sum[1][j % 8] += pull * dy;
    }
    Values expected, force(2);
    for (const auto& s : sum)
      expected.push_back(((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])));
    table().tsne_attract(n, p.data(), column.data(), xy.data(), 1, 2, force.data());
    ASSERT_TRUE(same_bits(force, expected)) << n << " places";
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, TsneTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
