#pragma once

#include <string>

#include "nn/train/sgd.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// SGDOptions::history: a CSV file with a row for each epoch, there as soon as the epoch has ended.
/// Checkpoints keep the rows too. Private to lib/.
class History {
 public:
  /// `writes`: whether to write the file.
  History(const SGDOptions& options, bool writes);
  /// Names the columns.
  const std::string& header() const { return header_; }
  /// Makes the file anew, with the rows of a training that goes on.
  void begin(const std::string& rows) const;
  /// Returns the row; nothing if neither a file nor a checkpoint asks for it.
  std::string add(const Epoch& epoch) const;

 private:
  bool is_on_;
  std::string path_, header_;
};

}}}  // namespace nn::NN_PRECISION::detail
