#include "nn/data/images.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"

namespace {

constexpr double image_tolerance = sizeof(nn::Scalar) == 4 ? 1e-5 : 1e-12;

void expect_row(const nn::Tensor& got, nn::Index row, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(1), static_cast<nn::Index>(expected.size()));
  for (std::size_t j = 0; j < expected.size(); ++j)
    EXPECT_NEAR(got(row, static_cast<nn::Index>(j)), expected[j], image_tolerance) << j;
}

// Expected: torch.nn.functional.interpolate(..., mode='bilinear', align_corners=False), in double.

TEST(ResizeImages, EqualsPyTorch) {
  auto x = nn::tensor({{7, 7, 7, 7, 7, 7}, {0, 1, 4, 9, 16, 25}});  // two images of 2 x 3
  auto larger = nn::resize_images(x, {2, 3}, {4, 5});
  ASSERT_EQ(larger.shape(), nn::Shape({2, 20}));
  expect_row(larger, 0, std::vector<double>(20, 7));
  expect_row(larger, 1, {0,    0.4,  1,     2.8,   4,     2.25, 3.25, 4.75, 7.45, 9.25,
                         6.75, 8.95, 12.25, 16.75, 19.75, 9,    11.8, 16,   21.4, 25});
  auto smaller = nn::resize_images(x, {2, 3}, {1, 2});
  expect_row(smaller, 1, {5.5, 13});
}

TEST(ResizeImages, SameSizeIsTheSameImage) {
  auto x = nn::Tensor::arange(12).reshape({2, 6});
  auto same = nn::resize_images(x, {2, 3}, {2, 3});
  for (nn::Index i = 0; i < 12; ++i) EXPECT_EQ(same.data()[i], x.data()[i]);
}

TEST(ResizeImages, TakesViews) {
  auto x = nn::Tensor::arange(12).reshape({6, 2}).transpose();
  auto got = nn::resize_images(x, {3, 2}, {5, 5});
  auto expected = nn::resize_images(x.clone(), {3, 2}, {5, 5});
  for (nn::Index i = 0; i < got.numel(); ++i) EXPECT_EQ(got.data()[i], expected.data()[i]);
  EXPECT_EQ(nn::resize_images(nn::Tensor({0, 6}), {2, 3}, {4, 4}).shape(), nn::Shape({0, 16}));
}

TEST(ResizeImages, OfNoImagesTakesNoTimeAndNoMemory) {
  constexpr nn::Index large = nn::Index{1} << 40;
  EXPECT_EQ(nn::resize_images(nn::Tensor({0, 6}), {2, 3}, {large, 1 << 20}).shape(),
            nn::Shape({0, large << 20}));
  EXPECT_EQ(nn::resize_images(nn::Tensor({0, 6}), {2, 3}, {1, large}).shape(),
            nn::Shape({0, large}));
}

TEST(ResizeImages, Errors) {
  auto x = nn::Tensor::arange(12).reshape({2, 6});
  EXPECT_THROW(nn::resize_images(x, {2, 2}, {4, 4}), nn::ShapeError);
  EXPECT_THROW(nn::resize_images(x, {4, 2}, {4, 4}), nn::ShapeError);
  EXPECT_THROW(nn::resize_images(x.reshape({12}), {3, 4}, {4, 4}), nn::ShapeError);
  EXPECT_THROW(nn::resize_images(x, {2, 3}, {0, 4}), nn::RangeError);
  EXPECT_THROW(nn::resize_images(x, {-2, -3}, {4, 4}), nn::RangeError);
  constexpr nn::Index large = nn::Index{1} << 31;
  EXPECT_THROW(nn::resize_images(x, {2, 3}, {large, large / 2}), nn::RangeError);
  EXPECT_THROW(nn::resize_images(x, {2, 3}, {large, large}), nn::ShapeError);
  EXPECT_THROW(nn::resize_images(x.slice(0, 0, 0), {2, 3}, {large * 2, large}), nn::ShapeError);
}

}  // namespace
