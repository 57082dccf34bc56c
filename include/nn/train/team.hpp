#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

class Module;

/// Several processes that make each step of a training together. Each has the same network, does
/// some of the batch's micro-batches, gets the sums over all of them and makes the same update.
/// nn::mpi::DataParallel is a team over MPI; this class is what Optim and SGD ask of it.
///
/// All processes make the same calls in the same order; each call but the first three waits for the
/// others. Thread safety: the first three from any thread, the others in one thread at a time.
class Team {
 public:
  /// Numbers begin, ..., end - 1.
  struct Share {
    Index begin, end;
  };

  virtual ~Team() = default;

  /// How many processes there are; whether this is the one that writes files.
  virtual Index size() const = 0;
  virtual bool leads() const = 0;
  /// Which of so many parts are this process's. The shares of all processes, one after another, are
  /// all parts.
  virtual Share share(Index parts) const = 0;
  /// Values in parts of so many each, the last of which may have fewer: this process has set those
  /// of its share of the parts. Sets all others.
  virtual void gather(std::span<double> values, Index values_per_part) = 0;
  /// totals = the sums over all parts, added in the tree of Optim::set_micro_batch(). `own`: the
  /// sums over the largest subtrees that are this process's, one after another, each as many
  /// tensors as `totals`, of the same sizes.
  virtual void sum(std::span<const Tensor> own, std::span<Tensor> totals, Index parts) = 0;
  /// The answer of the process that leads.
  virtual bool decide(bool answer) = 0;
  /// ArgumentError, the same for all processes, unless all have the same settings.
  virtual void compare(const std::map<std::string, std::string>& settings) = 0;
};

/// predict(net, x), to the bit: each process predicts some of the rows and gets all. Every measure
/// follows: accuracy(test.y, predict(team, net, test.x)).
Tensor predict(Team& team, const Module& net, const Tensor& x);

}}  // namespace nn::NN_PRECISION
