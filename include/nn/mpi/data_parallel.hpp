#pragma once

#include <memory>

#include "nn/train/optim.hpp"
#include "nn/train/team.hpp"

namespace nn { inline namespace NN_PRECISION { namespace mpi {

/// Lets all ranks make each step together:
///
///     optim.set_micro_batch(16);
///     nn::mpi::DataParallel parallel(optim);
///     nn::SGD(optim, train, {.batch_size = 128, .epochs = 10}, rng).check();
///
/// Each rank has the whole network and does some of the batch's micro-batches. Their gradients,
/// costs and running statistics are added in one tree, which depends on the number of micro-batches
/// alone, so any number of ranks gives the same bits as one process with the same micro-batches.
/// More ranks than micro-batches are idle.
///
/// All ranks run the same program with the same data and seeds; SGD compares what it can at its
/// start. SGD calls its callbacks on all ranks and follows the answers of rank 0, which alone
/// writes history, checkpoints and progress. To resume, all ranks need to see the checkpoints.
///
/// With m the scalars of parameters and running statistics plus the number of these, n ranks, N
/// subtrees that ranks hand on (n if n is a power of two that divides the number of micro-batches
/// p) and no weights, all ranks together send in a step
///
///     (N (n - 1) / n + n - 1) m sizeof(Scalar) + 8 (n - 1) p
///
/// bytes, to a rounding in m / n. With weights, or if ranks are idle, 8 (n - 1) batch size more.
///
/// Thread safety: as Optim, in the thread that called run(). Not to be moved, nor the Optim.
class DataParallel final : public Team {
 public:
  /// ArgumentError, on all ranks, without micro-batches and unless all ranks have the same version,
  /// precision, network and settings of the Optim.
  explicit DataParallel(Optim& optim);
  ~DataParallel() override;
  DataParallel(const DataParallel&) = delete;

  /// Bytes that this rank has sent to others so far for steps and predictions.
  Index bytes_sent() const;

  /// As Team has them; rank 0 leads.
  Index size() const override;
  bool leads() const override;
  Share share(Index parts) const override;
  void gather(std::span<double> values, Index values_per_part) override;
  void sum(std::span<const Tensor> own, std::span<Tensor> totals, Index parts) override;
  bool decide(bool answer) override;
  void compare(const std::map<std::string, std::string>& settings) override;

 private:
  struct State;

  Optim& optim_;
  std::unique_ptr<State> state_;
};

}}}  // namespace nn::NN_PRECISION::mpi
