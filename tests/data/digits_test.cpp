#include "nn/data/digits.hpp"

#include <gtest/gtest.h>

#include "nn/ops/one_hot.hpp"

namespace {

using Counts = std::vector<nn::Index>;

// Expected values: sklearn.datasets.load_digits.

TEST(Digits, AreThoseOfScikitLearn) {
  auto data = nn::digits();
  ASSERT_EQ(data.x.shape(), nn::Shape({1797, 64}));
  ASSERT_EQ(data.y.shape(), nn::Shape({1797}));
  double sum = 0, by_position = 0;
  for (nn::Index i = 0; i < 1797; ++i) {
    for (nn::Index j = 0; j < 64; ++j) {
      EXPECT_TRUE(data.x(i, j) >= 0 && data.x(i, j) <= 16);
      sum += data.x(i, j);
      by_position += data.x(i, j) * static_cast<double>(j);
    }
  }
  EXPECT_EQ(sum, 561718);
  EXPECT_EQ(by_position, 17660653);
  const int first_rows[] = {0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0};
  for (nn::Index j = 0; j < 16; ++j) EXPECT_EQ(data.x(0, j), first_rows[j]);
  EXPECT_EQ(nn::class_counts(data.y, 10),
            (Counts{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}));
}

TEST(DigitsAsUsps, LookLikeUsps) {
  auto [train, test] = nn::digits_as_usps();
  EXPECT_EQ(train.x.shape(), nn::Shape({1347, 256}));
  EXPECT_EQ(test.x.shape(), nn::Shape({450, 256}));
  EXPECT_EQ(nn::class_counts(train.y, 10),
            (Counts{135, 136, 134, 136, 133, 137, 134, 134, 133, 135}));
  EXPECT_EQ(nn::class_counts(test.y, 10), (Counts{43, 46, 43, 47, 48, 45, 47, 45, 41, 45}));
  for (nn::Index i = 0; i < test.size(); ++i)
    for (nn::Index j = 0; j < 256; ++j)
      ASSERT_TRUE(test.x(i, j) >= -1 && test.x(i, j) <= 1) << i << ", " << j;
  EXPECT_EQ(train.x(0, 0), -1);
  // Column 5 of row 0, between 5 and 13 of the small image: 5 / 4 + 13 * 3 / 4 = 11, less 8, by 8.
  EXPECT_EQ(train.x(0, 6), nn::Scalar(3) / 8);
}

}  // namespace
