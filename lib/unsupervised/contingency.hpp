#pragma once

#include <vector>

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION::detail {

/// How many samples have each pair of labels.
struct Contingency {
  struct Pair {
    std::size_t row, column;
    double count;
  };
  double total;
  std::vector<double> rows, columns;  // the counts of each label alone
  std::vector<Pair> pairs;            // those that occur, by row, then column
};

/// ShapeError, naming the score, unless both have shape (n), n >= 1; ArgumentError for NaN.
Contingency count_pairs(const char* score, const Tensor& rows, const Tensor& columns);

/// 0, 1, ... for each label, in ascending order of the labels, and how many there are. labels: (n).
struct Ranks {
  std::vector<std::size_t> of;
  std::size_t count;
};
Ranks rank_labels(const char* score, const Tensor& labels);

}  // namespace nn::inline NN_PRECISION::detail
