#pragma once

#include <limits>
#include <string>

#include "nn/core/rng.hpp"
#include "nn/io/safetensors.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Where a training by SGD stands. Private to lib/.
struct TrainingState {
  Index iterations = 0;                 // batches so far
  double cost_sum = 0, weight_sum = 0;  // over the examples of the epoch that is not over
  double step_size = 0;
  double seconds = 0;  // since the training began
  // With a validation part. What was best:
  Index best_epoch = 0;
  double best_loss = std::numeric_limits<double>::quiet_NaN();
  // and what patience counts from: the last loss that was lower by min_delta, and its epoch.
  double bar = std::numeric_limits<double>::infinity();
  Index waits_from = 0;
  std::string history;   // as a CSV file
  Rng epoch_start, now;  // SGD's generator

  /// Into the file's metadata, under names that begin with "sgd.".
  void write(TensorFile& file) const;
  /// From there. DataError, naming the path, for what no training writes.
  static TrainingState read(const std::string& path, const TensorFile& file);
};

}}}  // namespace nn::NN_PRECISION::detail
