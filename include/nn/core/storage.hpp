#pragma once

#include <cstddef>
#include <utility>
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// A counted reference to a block of scalars, 64-byte aligned. The last reference gives the block
/// back. Each thread keeps a bounded number of blocks for its next tensors: a training step
/// allocates nothing once its sizes have been seen.
///
/// Thread safety: references to one block may be copied and dropped by several threads at once.
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

  /// The first scalar; null without a block.
  Scalar* data() const { return block_ ? reinterpret_cast<Scalar*>(block_ + 1) : nullptr; }
  /// How many Storage objects share the block; 0 without one.
  long use_count() const {
    return block_ ? __atomic_load_n(&block_->references, __ATOMIC_SEQ_CST) : 0;
  }

 private:
  struct alignas(64) Block {
    long references;    // by the __atomic built-ins: <atomic> is slow to compile
    std::size_t bytes;  // the data's, without this header
    Block* next;        // in a list of blocks kept for later
  };
  friend class BlockCache;

  /// Whether this is the only thread. Counting then needs no locked operation, which takes as long
  /// as some twenty others.
  static bool alone() {
#if __has_include(<sys/single_threaded.h>)
    return __libc_single_threaded;
#else
    return false;
#endif
  }
  void retain() const {
    if (!block_) return;
    if (alone())
      ++block_->references;
    else
      __atomic_fetch_add(&block_->references, 1, __ATOMIC_RELAXED);
  }
  /// Whether this was the last reference.
  bool drop() const {
    if (alone()) return --block_->references == 0;
    return __atomic_fetch_sub(&block_->references, 1, __ATOMIC_ACQ_REL) == 1;
  }
  void release() noexcept;

  Block* block_ = nullptr;
};

}}  // namespace nn::NN_PRECISION
