#include "nn/data/split.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"

namespace {

using Values = std::vector<nn::Scalar>;

nn::Dataset counting(nn::Index n) {
  return {nn::Tensor::arange(n).reshape({n, 1}).clone(), nn::Tensor::arange(n)};
}

Values values_of(const nn::Dataset& data) {
  for (nn::Index i = 0; i < data.size(); ++i) EXPECT_EQ(data.x(i, 0), data.y(i));
  return {data.y.data(), data.y.data() + data.size()};
}

// Expected: sklearn.model_selection.train_test_split(numpy.arange(n), test_size=, random_state=).

struct Case {
  nn::Index n;
  nn::SplitOptions options;
  Values train, test;
};

TEST(TrainTestSplit, EqualsScikitLearn) {
  const Case cases[] = {
      {10, {.test_size = 0.2, .seed = 42}, {5, 0, 7, 2, 9, 4, 3, 6}, {8, 1}},
      {10, {}, {9, 1, 6, 7, 3, 0, 5}, {2, 8, 4}},
      {7, {.test_size = 0.5, .seed = 123}, {2, 5, 6}, {1, 3, 4, 0}},
      {3, {.test_size = 0.1, .seed = 7}, {1, 0}, {2}},
      {2, {.test_size = 0.1, .seed = 1}, {1}, {0}},
      {25,
       {.test_size = 0.3, .seed = 2024},
       {6, 11, 17, 7, 19, 12, 5, 22, 2, 10, 3, 1, 9, 4, 23, 0, 8},
       {18, 15, 24, 14, 21, 20, 13, 16}},
      {10, {.test_size = 0.7, .seed = 4294967295}, {4, 2, 3}, {6, 9, 5, 1, 8, 0, 7}},
  };
  for (const auto& c : cases) {
    auto data = counting(c.n);
    auto split = nn::train_test_split(data, c.options);
    EXPECT_EQ(values_of(split.train), c.train);
    EXPECT_EQ(values_of(split.test), c.test);
    for (nn::Index i = 0; i < c.n; ++i) EXPECT_EQ(data.y(i), static_cast<nn::Scalar>(i));
  }
}

TEST(TrainTestSplit, EqualsScikitLearnOnAThousand) {
  auto split = nn::train_test_split(counting(1000), {.test_size = 0.2, .seed = 42});
  auto train = values_of(split.train), test = values_of(split.test);
  ASSERT_EQ(train.size(), 800u);
  ASSERT_EQ(test.size(), 200u);
  EXPECT_EQ(Values(train.begin(), train.begin() + 10),
            (Values{29, 535, 695, 557, 836, 596, 165, 918, 495, 824}));
  EXPECT_EQ(Values(test.begin(), test.begin() + 10),
            (Values{521, 737, 740, 660, 411, 678, 626, 513, 859, 136}));
}

TEST(TrainTestSplit, RefusesOtherFractions) {
  for (double size : {0.0, 1.0, -0.2, 1.5, std::nan("")})
    EXPECT_THROW(nn::train_test_split(counting(10), {.test_size = size}), nn::ArgumentError)
        << size;
}

TEST(TrainTestSplit, LeavesNoPartEmpty) {
  auto split = nn::train_test_split(counting(2), {.test_size = 0.1});
  EXPECT_EQ(split.train.size(), 1);
  EXPECT_EQ(split.test.size(), 1);
  EXPECT_THROW(nn::train_test_split(counting(1), {.test_size = 0.1}), nn::ArgumentError);
  EXPECT_THROW(nn::train_test_split(counting(0), {.test_size = 0.1}), nn::ArgumentError);
  EXPECT_THROW(nn::train_test_split(counting(3), {.test_size = 0.9}), nn::ArgumentError);
}

TEST(TrainTestSplit, ChecksThatXAndYFit) {
  EXPECT_THROW(nn::train_test_split({nn::Tensor({3, 1}), nn::Tensor({4})}), nn::ShapeError);
}

// Expected: scikit-learn's train_test_split(stratify=), KFold and StratifiedKFold.

const nn::Tensor labels = nn::tensor({2, 0, 0, 1, 2, 0, 1, 0, 2, 0, 1, 0, 0});

TEST(TrainTestSplit, StratifiesAsScikitLearn) {
  const nn::Dataset data{nn::Tensor::arange(13).reshape({13, 1}).clone(), labels};
  auto rows = [](const nn::Dataset& part) {
    return Values(part.x.data(), part.x.data() + part.size());
  };
  const nn::Split some =
      nn::train_test_split(data, {.test_size = 0.3, .seed = 42, .stratify = true});
  EXPECT_EQ(rows(some.train), (Values{1, 2, 6, 5, 9, 0, 4, 10, 11}));
  EXPECT_EQ(rows(some.test), (Values{8, 3, 12, 7}));
  const nn::Split half = nn::train_test_split(data, {.test_size = 0.5, .stratify = true});
  EXPECT_EQ(rows(half.train), (Values{10, 5, 2, 8, 4, 12}));
  EXPECT_EQ(rows(half.test), (Values{6, 1, 11, 3, 7, 9, 0}));
  for (nn::Index i = 0; i < half.train.size(); ++i)
    EXPECT_EQ(half.train.y(i), labels(static_cast<nn::Index>(half.train.x(i, 0))));
}

TEST(TrainTestSplit, StratifyingNeedsTwoOfEachClassAndPlaceForAll) {
  auto split = [](const nn::Tensor& y, double size) {
    return nn::train_test_split({nn::Tensor::zeros({y.size(0), 1}), y},
                                {.test_size = size, .stratify = true});
  };
  EXPECT_THROW(split(nn::tensor({0, 0, 0, 1}), 0.5), nn::ArgumentError);
  EXPECT_THROW(split(labels, 0.1), nn::ArgumentError);
  EXPECT_THROW(split(nn::tensor({0, 0, NAN, 1}), 0.5), nn::ArgumentError);
  EXPECT_THROW(split(labels.slice(0, 0, 12).reshape({6, 2}), 0.5), nn::ShapeError);
}

TEST(TrainTestRows, AreTheRowsOfTheSplit) {
  const nn::Tensor x = counting(labels.numel()).x;
  for (bool stratify : {false, true}) {
    const nn::SplitOptions options{.test_size = 0.3, .seed = 5, .stratify = stratify};
    const auto rows = nn::train_test_rows(labels, options);
    const auto split = nn::train_test_split({x, labels}, options);
    EXPECT_TRUE(nn::equal(nn::take(x, rows.train), split.train.x));
    EXPECT_TRUE(nn::equal(nn::take(x, rows.test), split.test.x));
  }
  EXPECT_THROW(nn::train_test_rows(labels, {.test_size = 1}), nn::ArgumentError);
  EXPECT_THROW(nn::train_test_rows(nn::Tensor({1}).reshape(nn::Shape()), {}), nn::ShapeError);
}

TEST(KFolds, EqualScikitLearn) {
  using Rows = std::vector<std::vector<nn::Index>>;
  auto tests = [](const nn::FoldOptions& options) {
    Rows rows;
    for (const nn::Fold& fold : nn::k_folds(labels, options)) {
      rows.push_back(fold.test);
      EXPECT_EQ(fold.train.size() + fold.test.size(), 13u);
    }
    return rows;
  };
  EXPECT_EQ(tests({.folds = 3}), (Rows{{0, 1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}}));
  EXPECT_EQ(tests({.folds = 3, .shuffle = true, .seed = 5}),
            (Rows{{1, 2, 5, 7, 9}, {4, 8, 10, 12}, {0, 3, 6, 11}}));
  EXPECT_EQ(tests({.folds = 3, .stratify = true}),
            (Rows{{0, 1, 2, 3, 5}, {4, 6, 7, 9}, {8, 10, 11, 12}}));
  EXPECT_EQ(tests({.folds = 3, .shuffle = true, .seed = 5, .stratify = true}),
            (Rows{{0, 1, 3, 9, 11}, {2, 4, 5, 6}, {7, 8, 10, 12}}));
  EXPECT_EQ(nn::k_folds(labels)[0].train,
            (std::vector<nn::Index>{3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
}

TEST(KFolds, RefuseWhatTheyCannotDivide) {
  EXPECT_THROW(nn::k_folds(labels, {.folds = 1}), nn::ArgumentError);
  EXPECT_THROW(nn::k_folds(labels, {.folds = 14}), nn::ArgumentError);
  EXPECT_THROW(nn::k_folds(labels, {.folds = 8, .stratify = true}), nn::ArgumentError);
  EXPECT_THROW(nn::k_folds(nn::Tensor::zeros({4, 2}), {.folds = 2, .stratify = true}),
               nn::ShapeError);
}

}  // namespace
