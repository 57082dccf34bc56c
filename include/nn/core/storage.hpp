#pragma once

#include <atomic>
#include <utility>
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

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
    if (block_ && drop()) release();
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

  /// Whether no other thread exists: counting then needs no locked operation, which takes the time
  /// of some twenty others.
  static bool alone() {
#if __has_include(<sys/single_threaded.h>)
    return __libc_single_threaded;
#else
    return false;
#endif
  }
  void retain() const {
    if (!block_) return;
    std::atomic<long>& references = block_->references;
    if (alone())
      references.store(references.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    else
      references.fetch_add(1, std::memory_order_relaxed);
  }
  /// Whether this was the last reference.
  bool drop() const {
    std::atomic<long>& references = block_->references;
    if (!alone()) return references.fetch_sub(1, std::memory_order_acq_rel) == 1;
    const long left = references.load(std::memory_order_relaxed) - 1;
    references.store(left, std::memory_order_relaxed);
    return left == 0;
  }
  void release() noexcept;

  Block* block_ = nullptr;
};

}  // namespace nn::inline NN_PRECISION
