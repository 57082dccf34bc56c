#include "nn/ops/windows.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

/// How many windows lie inside, found by trying.
Index tried(Index n, Index size, Index stride, Index padding) {
  Index count = 0;
  while (count * stride + size <= n + 2 * padding) ++count;
  return count;
}

TEST(Windows, Count) {
  for (Index size : {1, 2, 3, 5})
    for (Index stride : {1, 2, 4})
      for (Index padding : {0, 1, 2}) {
        const Windows w{{size, 1}, {stride, 1}, {padding, 0}};
        const Index least = w.smallest().height;
        EXPECT_TRUE(least == 1 || tried(least - 1, size, stride, padding) == 0);
        for (Index n = least; n < 12; ++n)
          EXPECT_EQ(w.count({n, 7}), Size2(tried(n, size, stride, padding), 7))
              << n << ": " << w.describe(1);
      }
}

TEST(Windows, DilatedOnesCountAsWideOnes) {
  for (Index size : {1, 2, 4})
    for (Index dilation : {1, 2, 3}) {
      const Windows dilated{size, 2, 1, dilation}, wide{dilation * (size - 1) + 1, 2, 1};
      EXPECT_EQ(dilated.span(), wide.size);
      EXPECT_EQ(dilated.smallest(), wide.smallest());
      EXPECT_EQ(dilated.count(13), wide.count(13));
    }
}

/// PyTorch's rule: so many windows that the pixels left over are in one more, which begins inside
/// the image or the padding before it.
TEST(Windows, InCeilModeCoverWhatIsLeftOver) {
  for (Index size : {1, 2, 3, 5})
    for (Index stride : {1, 2, 4, 7})
      for (Index padding = 0; 2 * padding <= size; ++padding) {
        const Windows w{.size = size, .stride = stride, .padding = padding, .ceil_mode = true};
        const Index least = w.smallest().height;
        for (Index n = least; n < 14; ++n) {
          const Index all = tried(n + stride - 1, size, stride, padding);
          const Index begins_behind = (all - 1) * stride - padding >= n ? 1 : 0;
          EXPECT_EQ(w.count(n).height, all - begins_behind) << n << ": " << w.describe(1);
          EXPECT_GE(w.count(n).height, 1);
        }
        if (least > 1) {
          EXPECT_THROW(w.count(least - 1), ShapeError);
        }
      }
}

TEST(Windows, CountOfWindowsThatDoNotFit) {
  const Windows w{{1, 4}, {1, 3}, 0};
  const std::string message = message_of<ShapeError>([&] { w.count({3, 1}, "max_pool"); });
  EXPECT_EQ(message,
            "max_pool: windows 1 x 4, stride 1 x 3 on an image of 3 x 1: expected at least 1 x 4");
  EXPECT_THROW((Windows{2, 1, 0}.count({1, 5})), ShapeError);
  EXPECT_THROW((Windows{1, 1, 1}.count({0, 5})), ShapeError);
  EXPECT_TRUE(contains(message_of<ShapeError>([] {
                         Windows{2, {1, 0}, 0}.count(4);
                       }),
                       "2, 1 x 0 and 0"));
}

TEST(Windows, Description) {
  EXPECT_EQ(to_string(Size2(3)), "3");
  EXPECT_EQ(to_string(Size2(3, 2)), "3 x 2");
  EXPECT_EQ((Windows{3, 1, 0}).describe(1), "3");
  EXPECT_EQ((Windows{3, 1, 0}).describe(3), "3, stride 1");
  EXPECT_EQ((Windows{{3, 2}, 2, {0, 1}}).describe(1), "3 x 2, stride 2, padding 0 x 1");
  EXPECT_EQ((Windows{3, 1, 0, {1, 2}}).describe(1), "3, dilation 1 x 2");
}

TEST(Windows, Check) {
  constexpr Index most = (Index{1} << 31) - 1;
  EXPECT_NO_THROW((Windows{{1, most}, {most, 1}, {0, most}}).check("X"));
  EXPECT_THROW((Windows{{0, 1}, 1, 0}).check("X"), ShapeError);
  EXPECT_THROW((Windows{1, {1, 0}, 0}).check("X"), ShapeError);
  EXPECT_THROW((Windows{1, 1, {-1, 0}}).check("X"), ShapeError);
  EXPECT_THROW((Windows{1, 1, most + 1}).check("X"), ShapeError);
  EXPECT_THROW((Windows{1, 1, 0, {1, 0}}).check("X"), ShapeError);
  EXPECT_THROW((Windows{2, 1, 0, 2}).check_pool("X"), ShapeError);
  EXPECT_TRUE(contains(message_of<ShapeError>([] { Windows{1, 0, 0}.check("Layer"); }), "Layer: "));
}

}  // namespace
}  // namespace nn::test
