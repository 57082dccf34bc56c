#pragma once

#include <cstdint>
#include <vector>

#include "nn/data/dataset.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Two parts of a dataset.
struct Split {
  Dataset train, test;
};

/// How train_test_split() and train_test_rows() divide.
struct SplitOptions {
  double test_size = 0.25;  // the fraction of the samples to test with, between 0 and 1
  std::uint64_t seed = 0;
  bool stratify = false;  // each class of y (n) has its share in both parts
};

/// Divides the samples at random into two parts, as train_test_split(x, y, test_size=,
/// random_state=seed, stratify=y) of scikit-learn does. Of the first permutation of Rng(seed), the
/// first ceil(test_size * n) samples are for testing, the others for training. With `stratify`, the
/// samples of each class are permuted by themselves. The parts are copies.
///
/// ArgumentError unless 0 < test_size < 1 and at least one sample remains for training. With
/// `stratify`, ShapeError unless y is (n), and ArgumentError unless each class has two samples and
/// each part has as many samples as there are classes.
Split train_test_split(const Dataset& data, const SplitOptions& options = {});

/// Rows of a dataset: take(data, fold.train) is what to train with.
struct Fold {
  std::vector<Index> train, test;
};

/// The same division as rows, of y (n, ...) alone: for tables, so that a Pipeline is fitted on the
/// training part.
///
///     const Fold rows = train_test_rows(y, {.test_size = 0.3, .stratify = true});
///     pipeline.fit(table.take(rows.train));
Fold train_test_rows(const Tensor& y, const SplitOptions& options = {});

/// How k_folds() divides; the seed is for shuffling.
struct FoldOptions {
  Index folds = 5;
  bool shuffle = false;  // else the samples stay in their order
  std::uint64_t seed = 0;
  bool stratify = false;  // each class has its share in every fold
};

/// Cross-validation: each row is in the test part of one fold, as KFold and StratifiedKFold
/// (n_splits=folds, shuffle=, random_state=seed) of scikit-learn divide them.
///
///     for (const nn::Fold& fold : nn::k_folds(data.y, {.folds = 5, .stratify = true}))
///       train_on(nn::take(data, fold.train));
///
/// y: (n, ...) targets; with `stratify`, (n) labels. ArgumentError unless 2 <= folds <= n, and
/// with `stratify` unless a class has as many rows as there are folds. ShapeError for other y.
std::vector<Fold> k_folds(const Tensor& y, const FoldOptions& options = {});

}}  // namespace nn::NN_PRECISION
