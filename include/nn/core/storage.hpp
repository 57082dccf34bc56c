#pragma once

#include <atomic>
#include <utility>

#include "nn/core/scalar.hpp"

namespace nn::inline NN_PRECISION {

/// A counted reference to a block of scalars, 64-byte aligned. The last reference gives the block
/// back: each thread keeps a bounded number of blocks for its next tensors, so that a training step
/// allocates nothing once its sizes have been seen.
class Storage {
 public:
  Storage() = default;
  /// Room for `count` scalars, values unspecified. Throws RangeError when there is no such memory.
  explicit Storage(Index count);
  Storage(const Storage& other) noexcept : block_(other.block_) { retain(); }
  Storage(Storage&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Storage& operator=(Storage other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Storage() {
    if (block_ && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) release();
  }

  /// Whether both are references to one block.
  friend bool operator==(const Storage& a, const Storage& b) { return a.block_ == b.block_; }

  Scalar* data() const { return block_ ? reinterpret_cast<Scalar*>(block_ + 1) : nullptr; }
  /// How many Storage objects share the block; 0 without one.
  long use_count() const { return block_ ? block_->references.load() : 0; }

 private:
  struct alignas(64) Block {
    std::atomic<long> references;
    std::size_t bytes;  // the data's, without this header
    Block* next;        // in a list of blocks kept for later
  };
  friend class BlockCache;

  void retain() const {
    if (block_) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  void release() noexcept;

  Block* block_ = nullptr;
};

}  // namespace nn::inline NN_PRECISION
