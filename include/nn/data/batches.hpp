#pragma once

#include <span>
#include <vector>

#include "nn/core/rng.hpp"
#include "nn/data/dataset.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Which examples each batch has, epoch after epoch. Each example comes once in an epoch, in a new
/// random order each time unless `shuffle` is off. The last batch of an epoch may be smaller. With
/// `drop_last` a smaller batch is left out, unless it is the only one. Each epoch draws one
/// permutation from the generator, which must outlive this object. ArgumentError without examples,
/// or for a batch size below 1.
///
/// Thread safety: next() and skip() change this object and draw from the generator; one thread at a
/// time.
class BatchOrder {
 public:
  BatchOrder(Index examples, Index batch_size, Rng& rng, bool shuffle = true,
             bool drop_last = false);

  /// The examples of the next batch. They stay there until the next call.
  std::span<const Index> next();
  /// Passes over so many batches. What follows is as if next() had been called for each.
  void skip(Index batches);
  /// The last batch's examples; none before the first batch.
  std::span<const Index> rows() const {
    return std::span(order_).subspan(begin_, position_ - begin_);
  }
  /// Whether the last batch was the last of its epoch.
  bool at_epoch_end() const { return position_ == end_; }
  /// The same for each epoch.
  Index batches_per_epoch() const;

 private:
  void begin_epoch();

  std::size_t batch_size_;
  Rng& rng_;
  bool shuffle_;
  std::vector<Index> order_;
  std::size_t end_;               // of the part of the order that an epoch uses
  std::size_t begin_, position_;  // of the last batch, and where the next one begins
};

/// Cuts a dataset in batches by a BatchOrder. The dataset's elements are shared, not copied. Errors
/// and thread safety as there.
class Batches {
 public:
  Batches(const Dataset& data, Index batch_size, Rng& rng, bool shuffle = true,
          bool drop_last = false)
      : data_(data), order_(data.size(), batch_size, rng, shuffle, drop_last) {}

  /// The next batch, a copy of its rows.
  Dataset next() { return take(data_, order_.next()); }
  /// As BatchOrder's.
  std::span<const Index> rows() const { return order_.rows(); }
  bool at_epoch_end() const { return order_.at_epoch_end(); }

 private:
  Dataset data_;
  BatchOrder order_;
};

}}  // namespace nn::NN_PRECISION
