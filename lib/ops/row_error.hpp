#pragma once

#include <string>
#include <utility>

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// "what in row i: expected". It knows its row, so that SGD can name the row of the data set
/// instead of the batch's. Private to lib/.
class RowError : public RangeError {
 public:
  RowError(std::string what, Index row, std::string expected)
      : RangeError(what + " in row " + std::to_string(row) + ": " + expected),
        what_(std::move(what)),
        expected_(std::move(expected)),
        row_(row) {}

  Index row() const { return row_; }
  /// The same with where it happened in front: "Embedding(5, 3): ".
  RowError within(const std::string& where) const { return {where + what_, row_, expected_}; }
  RowError with_row(Index row) const { return {what_, row, expected_}; }

 private:
  std::string what_, expected_;
  Index row_;
};

}}}  // namespace nn::NN_PRECISION::detail
