#include "nn/data/batches.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <string>

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

Batches::Batches(const Dataset& data, Index batch_size, Rng& rng, bool shuffle, bool drop_last)
    : data_(data),
      batch_size_(static_cast<std::size_t>(batch_size)),
      rng_(rng),
      shuffle_(shuffle),
      order_(static_cast<std::size_t>(data.size())),
      end_(order_.size()) {
  if (batch_size < 1) throw ArgumentError("batches of " + std::to_string(batch_size) + " examples");
  if (order_.empty()) throw ArgumentError("batches of an empty dataset");
  if (drop_last && end_ > batch_size_) end_ -= end_ % batch_size_;
  begin_ = position_ = end_;
  std::iota(order_.begin(), order_.end(), Index{0});
}

Dataset Batches::next() {
  if (at_epoch_end()) {
    position_ = 0;
    if (shuffle_) order_ = rng_.permutation(data_.size());
  }
  begin_ = position_;
  position_ += std::min(batch_size_, end_ - position_);
  return take(data_, rows());
}

}}  // namespace nn::NN_PRECISION
