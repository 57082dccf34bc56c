#pragma once

#include <span>
#include <vector>

#include "nn/core/rng.hpp"
#include "nn/data/dataset.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Cuts a dataset in batches, epoch after epoch. Each example comes once in an epoch, in a new
/// random order each time unless `shuffle` is off. The last batch of an epoch may be smaller. With
/// `drop_last` a smaller batch is left out, unless it is the only one. The dataset's elements are
/// shared, not copied. The generator must outlive this object. ArgumentError for an empty dataset
/// or a batch size below 1.
///
/// Thread safety: next() changes this object and draws from the generator; one thread at a time.
class Batches {
 public:
  Batches(const Dataset& data, Index batch_size, Rng& rng, bool shuffle = true,
          bool drop_last = false);

  /// The next batch, a copy of its rows.
  Dataset next();
  /// The places in the dataset of the last batch's rows; none before the first batch.
  std::span<const Index> rows() const {
    return std::span(order_).subspan(begin_, position_ - begin_);
  }
  /// Whether the last batch was the last of its epoch.
  bool at_epoch_end() const { return position_ == end_; }

 private:
  Dataset data_;
  std::size_t batch_size_;
  Rng& rng_;
  bool shuffle_;
  std::vector<Index> order_;
  std::size_t end_;               // of the part of the order that an epoch uses
  std::size_t begin_, position_;  // of the last batch, and where the next one begins
};

}}  // namespace nn::NN_PRECISION
