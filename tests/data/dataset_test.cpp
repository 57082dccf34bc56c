#include "nn/data/dataset.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/data/batches.hpp"
#include "nn/data/split.hpp"

namespace {

std::vector<nn::Scalar> elements_of(const nn::Tensor& tensor) {
  auto own = tensor.contiguous();
  return {own.data(), own.data() + own.numel()};
}

TEST(Take, CopiesRowsInTheOrderNamed) {
  auto x = nn::tensor({{1, 2}, {3, 4}, {5, 6}});
  std::vector<nn::Index> rows{2, 0, 2};
  auto taken = nn::take(x, rows);
  EXPECT_EQ(taken.shape(), nn::Shape({3, 2}));
  EXPECT_EQ(elements_of(taken), (std::vector<nn::Scalar>{5, 6, 1, 2, 5, 6}));
  taken.fill(0);
  EXPECT_EQ(x(2, 0), 5);  // a copy
}

TEST(Take, OfVectorsBlocksAndViews) {
  std::vector<nn::Index> rows{1, 0};
  EXPECT_EQ(elements_of(nn::take(nn::tensor({7, 8, 9}), rows)), (std::vector<nn::Scalar>{8, 7}));
  auto blocks = nn::take(nn::Tensor::arange(12).reshape({3, 2, 2}), rows);
  EXPECT_EQ(blocks.shape(), nn::Shape({2, 2, 2}));
  EXPECT_EQ(elements_of(blocks), (std::vector<nn::Scalar>{4, 5, 6, 7, 0, 1, 2, 3}));
  auto columns = nn::Tensor::arange(6).reshape({2, 3}).transpose();  // {0, 3}, {1, 4}, {2, 5}
  EXPECT_EQ(elements_of(nn::take(columns, rows)), (std::vector<nn::Scalar>{1, 4, 0, 3}));
  auto every_other = nn::Tensor::arange(8).reshape({4, 2}).slice(0, 0, 4, 2);
  EXPECT_EQ(elements_of(nn::take(every_other, rows)), (std::vector<nn::Scalar>{4, 5, 0, 1}));
}

TEST(Take, NoRowsAndNoColumns) {
  EXPECT_EQ(nn::take(nn::tensor({{1, 2}}), {}).shape(), nn::Shape({0, 2}));
  std::vector<nn::Index> rows{1, 1, 0};
  EXPECT_EQ(nn::take(nn::Tensor({2, 0}), rows).shape(), nn::Shape({3, 0}));
}

TEST(Take, ChecksRows) {
  auto x = nn::tensor({{1, 2}, {3, 4}});
  for (nn::Index row : {-1, 2}) {
    std::vector<nn::Index> rows{0, row};
    EXPECT_THROW(nn::take(x, rows), nn::RangeError);
  }
  EXPECT_THROW(nn::take(nn::Tensor(nn::Shape()), {}), nn::ShapeError);
}

TEST(Dataset, SizeChecksThatXAndYFit) {
  EXPECT_EQ((nn::Dataset{nn::Tensor({3, 2}), nn::Tensor({3})}.size()), 3);
  nn::Dataset wrong{nn::Tensor({3, 2}), nn::Tensor({2, 1})};
  std::vector<nn::Index> rows{0};
  EXPECT_THROW(wrong.size(), nn::ShapeError);
  EXPECT_THROW(wrong.slice(0, 1), nn::ShapeError);
  EXPECT_THROW(nn::take(wrong, rows), nn::ShapeError);
}

TEST(Dataset, SliceIsAView) {
  nn::Dataset data{nn::Tensor::arange(6).reshape({3, 2}), nn::Tensor::arange(3)};
  auto part = data.slice(1, 3);
  EXPECT_EQ(part.size(), 2);
  part.x(0, 0) = 50;
  EXPECT_EQ(data.x(1, 0), 50);
  EXPECT_EQ(part.y(0), 1);
  EXPECT_EQ(data.slice(3, 3).size(), 0);
  EXPECT_THROW(data.slice(-1, 2), nn::RangeError);
  EXPECT_THROW(data.slice(2, 1), nn::RangeError);
  EXPECT_THROW(data.slice(0, 4), nn::RangeError);
}

TEST(Dataset, WeightsStayWithTheirRows) {
  const nn::Dataset data{nn::Tensor::arange(4).reshape({4, 1}), nn::Tensor::arange(4),
                         nn::tensor({5, 6, 7, 8})};
  std::vector<nn::Index> rows{3, 0, 3};
  EXPECT_EQ(elements_of(nn::take(data, rows).weight), (std::vector<nn::Scalar>{8, 5, 8}));
  EXPECT_EQ(elements_of(data.slice(1, 3).weight), (std::vector<nn::Scalar>{6, 7}));
  EXPECT_EQ(data.slice(2, 2).size(), 0);
  auto fits = [](const nn::Dataset& part) {
    for (nn::Index i = 0; i < part.size(); ++i) EXPECT_EQ(part.weight(i), part.y(i) + 5);
  };
  const nn::Split split = nn::train_test_split(data, {.test_size = 0.5});
  fits(split.train);
  fits(split.test);
  nn::Rng rng(3);
  nn::Batches batches(data, 3, rng);
  for (int i = 0; i < 4; ++i) fits(batches.next());
}

TEST(Dataset, WeightsAreOneForEachRowAndCount) {
  nn::Dataset data{nn::Tensor({3, 2}), nn::Tensor({3})};
  EXPECT_EQ(data.total_weight(), 3);
  data.weight = nn::tensor({1, 0, 2.5});
  EXPECT_EQ(data.total_weight(), 3.5);
  for (nn::Scalar bad : {nn::Scalar(-1), nn::Scalar(NAN), nn::Scalar(INFINITY)}) {
    data.weight = nn::tensor({1, 1, bad});
    EXPECT_THROW(data.total_weight(), nn::RangeError);
  }
  for (const nn::Tensor& wrong : {nn::Tensor::ones({2}), nn::Tensor::ones({3, 1})}) {
    data.weight = wrong;
    EXPECT_THROW(data.size(), nn::ShapeError);
  }
}

TEST(Dataset, ClassWeightsBalanceTheClasses) {  // scikit-learn's compute_sample_weight
  const nn::Tensor weight = nn::class_weights(nn::tensor({0, 1, 1, 2, 1, 0}), 3);
  const double expected[] = {1, 2 / 3.0, 2 / 3.0, 2, 2 / 3.0, 1};
  for (nn::Index i = 0; i < 6; ++i) EXPECT_NEAR(weight(i), expected[i], 1e-6);
  EXPECT_EQ(nn::class_weights(nn::Tensor(), 2).shape(), nn::Shape({0}));
  EXPECT_THROW(nn::class_weights(nn::tensor({0, 3}), 3), nn::RangeError);
}

}  // namespace
