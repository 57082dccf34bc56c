#include "nn/data/split.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/core/rng.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using Rows = std::vector<Index>;

/// The rows of each class, in the order of the labels. ShapeError unless y is (n).
std::vector<Rows> rows_of_classes(const char* operation, const Tensor& y) {
  if (y.rank() != 1)
    throw ShapeError(std::string(operation) + ": expected labels (n) to stratify by, got " +
                     y.shape().to_string());
  std::map<Scalar, Rows> by_label;
  for (Index i = 0; i < y.size(0); ++i) {
    if (std::isnan(y(i)))
      throw ArgumentError(std::string(operation) + ": the label in row " + std::to_string(i) +
                          " is NaN");
    by_label[y(i)].push_back(i);
  }
  std::vector<Rows> classes;
  for (auto& [label, rows] : by_label) classes.push_back(std::move(rows));
  return classes;
}

/// So many draws, shared by classes of these sizes: what is left over by rounding down goes to the
/// largest remainders, equal ones at random.
Rows shares(const Rows& sizes, Index draws, Rng& rng) {
  double total = 0;
  for (Index size : sizes) total += static_cast<double>(size);
  Rows result;
  std::map<double, Rows, std::greater<>> by_remainder;
  Index left = draws;
  for (Index size : sizes) {
    const double share = static_cast<double>(size) / total * static_cast<double>(draws);
    by_remainder[share - std::floor(share)].push_back(static_cast<Index>(result.size()));
    result.push_back(static_cast<Index>(share));
    left -= result.back();
  }
  for (const auto& [remainder, classes] : by_remainder) {
    if (left <= 0) break;
    const auto count = static_cast<Index>(classes.size());
    const Rows order = rng.permutation(count);
    for (Index i = 0; i < std::min(count, left); ++i)
      ++result[static_cast<std::size_t>(
          classes[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])])];
    left -= std::min(count, left);
  }
  return result;
}

Rows permuted(const Rows& rows, Rng& rng) {
  Rows result;
  for (Index i : rng.permutation(static_cast<Index>(rows.size())))
    result.push_back(rows[static_cast<std::size_t>(i)]);
  return result;
}

/// As scikit-learn's StratifiedShuffleSplit draws them.
Fold stratified(const Tensor& y, Index tests, Rng& rng) {
  const std::vector<Rows> classes = rows_of_classes("train_test_split", y);
  Rows sizes;
  for (const Rows& rows : classes) sizes.push_back(static_cast<Index>(rows.size()));
  const Index trains = y.size(0) - tests, count = static_cast<Index>(classes.size());
  if (*std::min_element(sizes.begin(), sizes.end()) < 2 || std::min(tests, trains) < count)
    throw ArgumentError(
        "train_test_split: to stratify, expected two samples of each class and as many samples as "
        "classes in each part");
  const Rows to_train = shares(sizes, trains, rng);
  Rows rest;
  for (std::size_t c = 0; c < sizes.size(); ++c) rest.push_back(sizes[c] - to_train[c]);
  const Rows to_test = shares(rest, tests, rng);
  Fold parts;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const Rows rows = permuted(classes[c], rng);
    const Index* cut = rows.data() + to_train[c];
    parts.train.insert(parts.train.end(), rows.data(), cut);
    parts.test.insert(parts.test.end(), cut, cut + to_test[c]);
  }
  parts.train = permuted(parts.train, rng);
  parts.test = permuted(parts.test, rng);
  return parts;
}

/// The fold in which each row is tested.
Rows plain_folds(Index n, const FoldOptions& options) {
  Rows order = Rng(options.seed).permutation(options.shuffle ? n : 0);
  for (Index i = 0; !options.shuffle && i < n; ++i) order.push_back(i);
  Rows fold_of(static_cast<std::size_t>(n));
  std::size_t next = 0;
  for (Index fold = 0; fold < options.folds; ++fold)
    for (Index size = n / options.folds + (fold < n % options.folds ? 1 : 0); size > 0; --size)
      fold_of[static_cast<std::size_t>(order[next++])] = fold;
  return fold_of;
}

/// The classes, in the order in which they first occur, are dealt to the folds one by one.
Rows stratified_folds(const Tensor& y, const FoldOptions& options) {
  std::vector<Rows> classes = rows_of_classes("k_folds", y);
  std::sort(classes.begin(), classes.end());  // by their first row
  std::size_t largest = 0;
  for (const Rows& rows : classes) largest = std::max(largest, rows.size());
  if (largest < static_cast<std::size_t>(options.folds))
    throw ArgumentError("k_folds: no class has " + std::to_string(options.folds) + " rows");
  Rng rng(options.seed);
  Rows fold_of(static_cast<std::size_t>(y.size(0)));
  Index dealt = 0;
  for (const Rows& rows : classes) {
    Rows folds;  // of the class' rows, in order
    for (std::size_t i = 0; i < rows.size(); ++i) folds.push_back(dealt++ % options.folds);
    std::sort(folds.begin(), folds.end());
    if (options.shuffle) folds = permuted(folds, rng);
    for (std::size_t i = 0; i < rows.size(); ++i)
      fold_of[static_cast<std::size_t>(rows[i])] = folds[i];
  }
  return fold_of;
}

}  // namespace

Fold train_test_rows(const Tensor& y, const SplitOptions& options) {
  if (y.rank() < 1)
    throw ShapeError("train_test_split: expected (n, ...), got " + y.shape().to_string());
  if (!(options.test_size > 0 && options.test_size < 1))
    throw ArgumentError("train_test_split: expected a test_size between 0 and 1, got " +
                        to_text(options.test_size));
  const Index n = y.size(0);
  const auto tests = static_cast<Index>(std::ceil(options.test_size * static_cast<double>(n)));
  if (n - tests < 1)
    throw ArgumentError("train_test_split: of " + std::to_string(n) + " samples a test_size of " +
                        to_text(options.test_size) + " leaves none to train with");
  Rng rng(options.seed);
  if (options.stratify) return stratified(y, tests, rng);
  const Rows order = rng.permutation(n);
  const Index *begin = order.data(), *cut = begin + tests;
  return {.train = {cut, begin + n}, .test = {begin, cut}};
}

Split train_test_split(const Dataset& data, const SplitOptions& options) {
  (void)data.size();  // checks that x and y fit
  const Fold rows = train_test_rows(data.y, options);
  return {.train = take(data, rows.train), .test = take(data, rows.test)};
}

std::vector<Fold> k_folds(const Tensor& y, const FoldOptions& options) {
  if (y.rank() < 1) throw ShapeError("k_folds: expected (n, ...), got " + y.shape().to_string());
  const Index n = y.size(0);
  if (options.folds < 2 || options.folds > n)
    throw ArgumentError("k_folds: " + std::to_string(options.folds) + " folds of " +
                        std::to_string(n) + " rows");
  const Rows fold_of = options.stratify ? stratified_folds(y, options) : plain_folds(n, options);
  std::vector<Fold> folds(static_cast<std::size_t>(options.folds));
  for (Index i = 0; i < n; ++i)
    for (std::size_t f = 0; f < folds.size(); ++f) {
      const bool tested = fold_of[static_cast<std::size_t>(i)] == static_cast<Index>(f);
      (tested ? folds[f].test : folds[f].train).push_back(i);
    }
  return folds;
}

}}  // namespace nn::NN_PRECISION
