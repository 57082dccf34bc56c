#pragma once

#include "nn/train/sgd.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// SGDOptions::progress: one line on standard error, written over some times a second. Private to
/// lib/.
class Progress {
 public:
  /// `end`: the iteration that the training ends with, if no one stops it.
  Progress(bool wanted, Index end);
  /// Ends the line.
  ~Progress();
  Progress(const Progress&) = delete;

  void update(const Iteration& iteration);

 private:
  bool is_on_, has_written_ = false;
  Index end_;
  double next_ = 0;  // second
};

}}}  // namespace nn::NN_PRECISION::detail
