#pragma once

#include <mpi.h>

#include <span>
#include <vector>

#include "nn/train/team.hpp"

namespace nn { inline namespace NN_PRECISION { namespace mpi {

/// The parts of one rank of so many: as equal as can be, in order. Private to lib/.
Team::Share share_of(Index rank, Index ranks, Index parts);
/// As MPI wants it; ArgumentError if it is too large for that.
int to_count(Index number);

/// Team::sum() over MPI. All numbers of a sum are one row, cut into a slice for each rank. A rank
/// gets its slice of the sums over all subtrees, adds them along the tree, and tells the others the
/// total. If each rank has one subtree, as many bytes are sent as a ring needs. Private to lib/.
class TreeSum {
 public:
  explicit TreeSum(MPI_Comm comm);

  void sum(std::span<const Tensor> own, std::span<Tensor> totals, Index parts);
  /// By this rank to others.
  Index bytes_sent() const { return bytes_; }

 private:
  Index owner(Index begin, Index end) const;
  void find_subtrees(Index begin, Index end);
  void exchange(std::span<const Tensor> own, std::size_t tensors);
  Scalar* add(Index begin, Index end);

  MPI_Comm comm_;
  int rank_ = 0, ranks_ = 0;
  Index parts_ = 0, bytes_ = 0;
  std::vector<Index> subtrees_;         // how many each rank has
  std::vector<int> lengths_, offsets_;  // of the slices
  std::vector<Scalar> row_;             // of one subtree, then the total
  std::vector<Scalar> slices_;          // of all subtrees in their order: this rank's
  Scalar* next_ = nullptr;              // of these, while they are added
};

}}}  // namespace nn::NN_PRECISION::mpi
