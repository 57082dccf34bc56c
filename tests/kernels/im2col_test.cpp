// The kernels of im2col.inl.
#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

class Im2colTest : public TableTest {};

TEST_P(Im2colTest, WindowsAreCopiedAndAdded) {
  for (Index length : {1, 3, 8, 15, 16, 17, 48, 50})
    for (Index step : {Index{1}, length / 3 + 1, length, length + 2}) {
      const ConvWindows w{5, 3, length, step, 5 * step + length};
      Values images = numbers(3 * w.row_step + 20, 30, -1, 1);
      Values windows(static_cast<std::size_t>(5 * 3 * length + 20), kUntouched), laid_out = windows;
      const Values parts = numbers(5 * 3 * length, 31, -1, 1);
      Values sums = images;
      auto at = [&](Index q, Index y, Index i) {
        return static_cast<std::size_t>(q * step + y * w.row_step + i);
      };
      auto in_window = [&](Index q, Index y, Index i) {
        return static_cast<std::size_t>((q * 3 + y) * length + i);
      };
      for (Index q = 4; q >= 0; --q)
        for (Index y = 0; y < 3; ++y)
          for (Index i = 0; i < length; ++i) {
            laid_out[in_window(q, y, i)] = images[at(q, y, i)];
            sums[at(q, y, i)] += parts[in_window(q, y, i)];
          }
      table().im2col(w, images.data(), windows.data());
      ASSERT_TRUE(same_bits(windows, laid_out)) << length << " numbers, step " << step;
      table().col2im(w, parts.data(), images.data());
      ASSERT_TRUE(same_bits(images, sums)) << length << " numbers, step " << step;
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, Im2colTest, testing::ValuesIn(tested_tables()), name_of);

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
