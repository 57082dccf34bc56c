#include "nn/data/batches.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "core/memory_size.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

BatchOrder::BatchOrder(Index examples, Index batch_size, Rng& rng, bool shuffle, bool drop_last)
    : batch_size_(static_cast<std::size_t>(std::min(batch_size, examples))),
      rng_(rng),
      shuffle_(shuffle) {
  if (batch_size < 1) throw ArgumentError("batches of " + std::to_string(batch_size) + " examples");
  if (examples < 1) throw ArgumentError("batches of an empty dataset");
  order_.resize(detail::memory_size(examples));
  end_ = order_.size();
  if (drop_last && end_ > batch_size_) end_ -= end_ % batch_size_;
  begin_ = position_ = end_;
  std::iota(order_.begin(), order_.end(), Index{0});
}

Index BatchOrder::batches_per_epoch() const {
  return static_cast<Index>((end_ - 1) / batch_size_ + 1);
}

void BatchOrder::begin_epoch() {
  begin_ = position_ = 0;
  if (shuffle_) order_ = rng_.permutation(static_cast<Index>(order_.size()));
}

std::span<const Index> BatchOrder::next() {
  if (at_epoch_end()) begin_epoch();
  begin_ = position_;
  position_ += std::min(batch_size_, end_ - position_);
  return rows();
}

void BatchOrder::skip(Index batches) {
  for (; batches >= batches_per_epoch() && at_epoch_end(); batches -= batches_per_epoch()) {
    begin_epoch();
    position_ = end_;
  }
  for (; batches > 0; --batches) next();
}

}}  // namespace nn::NN_PRECISION
