#include "mpi/tree_sum.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include "nn/core/error.hpp"
#include "train/sum_tree.hpp"

namespace nn { inline namespace NN_PRECISION { namespace mpi {
namespace {

MPI_Datatype scalar_type() { return sizeof(Scalar) == sizeof(double) ? MPI_DOUBLE : MPI_FLOAT; }

}  // namespace

Team::Share share_of(Index rank, Index ranks, Index parts) {
  return {parts * rank / ranks, parts * (rank + 1) / ranks};
}

int to_count(Index number) {
  if (number > std::numeric_limits<int>::max())
    throw ArgumentError("DataParallel: " + std::to_string(number) +
                        " numbers are too many for one message");
  return static_cast<int>(number);
}

TreeSum::TreeSum(MPI_Comm comm) : comm_(comm) {
  MPI_Comm_rank(comm_, &rank_);
  MPI_Comm_size(comm_, &ranks_);
}

void TreeSum::sum(std::span<const Tensor> own, std::span<Tensor> totals, Index parts) {
  const Index count = std::accumulate(totals.begin(), totals.end(), Index{0},
                                      [](Index n, const Tensor& t) { return n + t.numel(); });
  parts_ = parts;
  subtrees_.assign(static_cast<std::size_t>(ranks_), 0);
  find_subtrees(0, parts);
  lengths_.clear();
  offsets_.clear();
  for (Index r = 0; r < ranks_; ++r) {
    const Team::Share slice = share_of(r, ranks_, count);
    offsets_.push_back(to_count(slice.begin));
    lengths_.push_back(to_count(slice.end - slice.begin));
  }
  row_.resize(static_cast<std::size_t>(count));
  exchange(own, totals.size());

  const auto rank = static_cast<std::size_t>(rank_);
  next_ = slices_.data();
  std::copy_n(add(0, parts), lengths_[rank], row_.begin() + offsets_[rank]);
  MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, row_.data(), lengths_.data(), offsets_.data(),
                 scalar_type(), comm_);
  bytes_ += lengths_[rank] * Index{ranks_ - 1} * static_cast<Index>(sizeof(Scalar));
  const Scalar* next = row_.data();
  for (Tensor& total : totals) {
    std::copy_n(next, total.numel(), total.data());
    next += total.numel();
  }
}

/// The rank that has all these parts; -1 if they are of several.
Index TreeSum::owner(Index begin, Index end) const {
  const Index rank = ((begin + 1) * ranks_ - 1) / parts_;  // that has the first
  return end <= share_of(rank, ranks_, parts_).end ? rank : -1;
}

void TreeSum::find_subtrees(Index begin, Index end) {
  if (const Index rank = owner(begin, end); rank >= 0) {
    ++subtrees_[static_cast<std::size_t>(rank)];
    return;
  }
  const Index middle = detail::sum_tree_middle(begin, end);
  find_subtrees(begin, middle);
  find_subtrees(middle, end);
}

/// Each rank's first subtree to all, then each rank's second, and so on.
void TreeSum::exchange(std::span<const Tensor> own, std::size_t tensors) {
  const auto rank = static_cast<std::size_t>(rank_);
  const int length = lengths_[rank];
  const Index all = std::accumulate(subtrees_.begin(), subtrees_.end(), Index{0});
  slices_.resize(static_cast<std::size_t>(to_count(all * length)));
  const Index rounds = *std::max_element(subtrees_.begin(), subtrees_.end());
  for (Index round = 0; round < rounds; ++round) {
    std::vector<int> sent(lengths_.size(), 0), received = sent, places = sent;
    Index before = 0;
    for (std::size_t r = 0; r < subtrees_.size(); before += subtrees_[r++]) {
      places[r] = static_cast<int>((before + round) * length);
      if (round < subtrees_[r]) received[r] = length;
    }
    if (round < subtrees_[rank]) {
      Scalar* next = row_.data();
      for (const Tensor& sum : own.subspan(static_cast<std::size_t>(round) * tensors, tensors))
        next = std::copy_n(sum.data(), sum.numel(), next);
      sent = lengths_;
      bytes_ += (std::ssize(row_) - length) * static_cast<Index>(sizeof(Scalar));
    }
    MPI_Alltoallv(row_.data(), sent.data(), offsets_.data(), scalar_type(), slices_.data(),
                  received.data(), places.data(), scalar_type(), comm_);
  }
}

/// This rank's slice of the sum over these parts.
Scalar* TreeSum::add(Index begin, Index end) {
  if (owner(begin, end) >= 0) {
    Scalar* slice = next_;
    next_ += lengths_[static_cast<std::size_t>(rank_)];
    return slice;
  }
  const Index middle = detail::sum_tree_middle(begin, end);
  Scalar *left = add(begin, middle), *right = add(middle, end);
  for (int i = 0; i < lengths_[static_cast<std::size_t>(rank_)]; ++i) left[i] += right[i];
  return left;
}

}}}  // namespace nn::NN_PRECISION::mpi
