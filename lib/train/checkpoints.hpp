#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "nn/train/best_parameters.hpp"
#include "nn/train/sgd.hpp"
#include "train/training_state.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// SGDOptions::checkpoint: the files of one training. Does nothing without a folder. Private to
/// lib/.
class Checkpoints {
 public:
  /// Makes the folder. ArgumentError if it holds checkpoints that are not to be resumed. `columns`:
  /// of the history.
  Checkpoints(Optim& optim, const SGDOptions& options, Index examples, const Rng& rng,
              const std::string& columns);

  /// Goes on from the newest: puts back network, rule, step size, the user's states and the best
  /// parameters. Nothing if there is none. DataError, naming the file, if it is damaged or of
  /// another training; the network and the rule are then unchanged.
  std::optional<TrainingState> resume(BestParameters& best) const;
  /// Whether one is to be written after so many iterations.
  bool is_due(Index iterations, bool ends_epoch) const;
  /// Writes one and removes what is too old. Of a team, the process that leads does it.
  void save(TrainingState state, const BestParameters& best) const;

 private:
  std::string path(Index iterations) const;
  std::set<Index> found() const;
  void remove_remains() const;

  Optim& optim_;
  const CheckpointOptions& options_;
  std::map<std::string, std::string> settings_;  // which have to be the same
};

}}}  // namespace nn::NN_PRECISION::detail
