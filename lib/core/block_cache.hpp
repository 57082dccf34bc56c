#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <limits>

#include "nn/core/storage.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Blocks of memory that are kept for the next tensors, in lists by size. From 64 bytes on there
/// are four sizes to each power of two. Each thread has one. It has no destructor: destructors of
/// static and thread_local objects may run later than any that it could have, and use tensors.
/// free_all() is called in its place. From then on nothing is kept. Private to lib/.
class BlockCache {
 public:
  using Block = Storage::Block;
  enum class Of { a_thread, an_object };

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NN_KEEPS_NO_BLOCKS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define NN_KEEPS_NO_BLOCKS
#endif
#ifdef NN_KEEPS_NO_BLOCKS
  static constexpr std::size_t kThreadBytes = 0;  // a sanitizer is to see the end of every block
  static constexpr std::size_t kObjectBytes = 0;
#else
  static constexpr std::size_t kThreadBytes = std::size_t{256} << 20;
  static constexpr std::size_t kObjectBytes = std::numeric_limits<std::size_t>::max();  // all
#endif

  /// A thread's frees itself when the thread ends, that of an object is its owner's to free.
  constexpr explicit BlockCache(Of owner)
      : limit_(owner == Of::a_thread ? kThreadBytes : kObjectBytes),
        state_(owner == Of::a_thread ? State::unused : State::open) {}

  static std::size_t round_up(std::size_t bytes) {
    if (bytes <= 64) return 64;
    std::size_t quarter = std::bit_floor(bytes - 1) / 4;
    return (bytes + quarter - 1) & ~(quarter - 1);
  }

  Block* take(std::size_t bytes) {
    std::size_t list = list_of(bytes);
    if (list >= lists_.size() || !lists_[list]) return nullptr;
    Block* block = lists_[list];
    lists_[list] = block->next;
    kept_ -= bytes;
    return block;
  }

  bool keep(Block* block) {
    std::size_t list = list_of(block->bytes);
    if (list >= lists_.size() || block->bytes > limit_ || !is_open()) return false;
    while (kept_ + block->bytes > limit_) drop_one();
    block->next = lists_[list];
    lists_[list] = block;
    kept_ += block->bytes;
    return true;
  }

  void free_all();

 private:
  enum class State { unused, open, closed };

  bool is_open() {
    if (state_ == State::unused) open();
    return state_ == State::open;
  }
  void open();
  void drop_one();

  static std::size_t list_of(std::size_t bytes) {
    auto power = static_cast<std::size_t>(std::bit_width(bytes) - 7);  // 0 for 64 bytes
    return 4 * power + ((bytes >> (power + 4)) & 3);
  }

  std::array<Block*, 4 * 32> lists_{};  // up to 64 << 31 bytes
  std::size_t kept_ = 0;
  std::size_t next_dropped_ = 0;
  std::size_t limit_;
  State state_;
};

/// While it lives, this thread takes its blocks from an object's cache and gives them back there.
class UseBlocks {
 public:
  explicit UseBlocks(BlockCache& blocks);
  UseBlocks(const UseBlocks&) = delete;
  UseBlocks& operator=(const UseBlocks&) = delete;
  ~UseBlocks();

 private:
  BlockCache* before_;
};

}}  // namespace nn::NN_PRECISION
