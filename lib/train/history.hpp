#pragma once

#include <string>
#include <vector>

#include "nn/io/csv.hpp"
#include "nn/train/sgd.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// SGDOptions::history: a CSV file with a row for each epoch, there as soon as the epoch has ended.
/// Private to lib/.
class History {
 public:
  /// Does nothing without a path. From iteration 0 on the file is made anew. Later it keeps the
  /// rows of the epochs that are done, and nothing of a last line without an end. ArgumentError if
  /// it has other columns.
  History(const SGDOptions& options, Index epochs_done);
  void add(const Epoch& epoch) const;

 private:
  std::string path_, header_;
};

}}}  // namespace nn::NN_PRECISION::detail
