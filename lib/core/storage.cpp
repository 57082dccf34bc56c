#include "nn/core/storage.hpp"

#include <pthread.h>

#include <array>
#include <atomic>
#include <bit>
#include <limits>
#include <new>
#include <string>

#include "core/allocation_limit.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kKeptBytes = 0;  // so that the sanitizer sees the end of every block
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr std::size_t kKeptBytes = 0;
#else
constexpr std::size_t kKeptBytes = std::size_t{32} << 20;
#endif
#else
constexpr std::size_t kKeptBytes = std::size_t{32} << 20;
#endif

static void free_block(void* block) { ::operator delete (block, std::align_val_t{64}); }

/// The blocks that a thread keeps, in lists by size. From 64 bytes on there are four sizes to each
/// power of two. It has no destructor: destructors of static and thread_local objects may run
/// later than any that it could have, and use tensors. free_all() is called in its place. From then
/// on nothing is kept.
class BlockCache {
 public:
  using Block = Storage::Block;

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
    if (list >= lists_.size() || block->bytes > kKeptBytes || !is_open()) return false;
    while (kept_ + block->bytes > kKeptBytes) drop_one();
    block->next = lists_[list];
    lists_[list] = block;
    kept_ += block->bytes;
    return true;
  }

  void free_all() {
    state_ = State::closed;
    for (Block*& block : lists_)
      while (block) free_block(std::exchange(block, block->next));
  }

 private:
  enum class State { unused, open, closed };

  bool is_open() {
    if (state_ == State::unused) open();
    return state_ == State::open;
  }
  void open();

  /// Frees one block, of each size in turn: blocks of sizes that nothing asks for make room in the
  /// end.
  void drop_one() {
    while (!lists_[next_dropped_]) next_dropped_ = (next_dropped_ + 1) % lists_.size();
    Block* block = lists_[next_dropped_];
    lists_[next_dropped_] = block->next;
    kept_ -= block->bytes;
    free_block(block);
    next_dropped_ = (next_dropped_ + 1) % lists_.size();
  }

  static std::size_t list_of(std::size_t bytes) {
    auto power = static_cast<std::size_t>(std::bit_width(bytes) - 7);  // 0 for 64 bytes
    return 4 * power + ((bytes >> (power + 4)) & 3);
  }

  std::array<Block*, 4 * 20> lists_{};  // up to 64 << 19 bytes
  std::size_t kept_ = 0;
  std::size_t next_dropped_ = 0;
  State state_ = State::unused;
};

static constinit thread_local BlockCache cache;

namespace {

std::atomic<bool> key_exists{false};
pthread_key_t key;

/// Lets the blocks of a thread go when it ends. A thread_local object with a destructor would do
/// the same, but registering that waits for a lock that dlopen() and dlclose() hold while they run
/// static constructors and destructors.
struct KeyLife {
  KeyLife() {
    key_exists = pthread_key_create(&key, [](void*) { cache.free_all(); }) == 0;
  }
  ~KeyLife() {
    cache.free_all();
    if (key_exists.exchange(false)) pthread_key_delete(key);
  }
};

}  // namespace

void BlockCache::open() {
  static const KeyLife life;
  const bool lets_go = key_exists && pthread_setspecific(key, this) == 0;
  state_ = lets_go ? State::open : State::closed;
}

namespace detail {
namespace {

constinit thread_local std::size_t bytes_left = std::numeric_limits<std::size_t>::max();

}  // namespace

AllocationLimit::AllocationLimit(std::size_t bytes) : before_(std::exchange(bytes_left, bytes)) {}
AllocationLimit::~AllocationLimit() { bytes_left = before_; }

static void count_allocation(std::size_t bytes) {
  if (bytes > bytes_left) throw RangeError("cannot allocate " + std::to_string(bytes) + " bytes");
  if (bytes_left != std::numeric_limits<std::size_t>::max()) bytes_left -= bytes;
}

}  // namespace detail

Storage::Storage(Index count) {
  constexpr std::size_t limit = std::numeric_limits<std::size_t>::max() / 4;
  auto n = static_cast<std::size_t>(count);
  if (n > limit / sizeof(Scalar))
    throw RangeError("cannot allocate " + std::to_string(count) + " numbers");
  std::size_t bytes = BlockCache::round_up(n * sizeof(Scalar));
  Block* block = cache.take(bytes);
  if (!block) {
    detail::count_allocation(bytes);
    void* memory = ::operator new (sizeof(Block) + bytes, std::align_val_t{64}, std::nothrow);
    if (!memory) throw RangeError("cannot allocate " + std::to_string(bytes) + " bytes");
    block = new (memory) Block{};
    block->bytes = bytes;
  }
  block->references = 1;
  block_ = block;
}

void Storage::release() noexcept {
  if (!cache.keep(block_)) free_block(block_);
}

}}  // namespace nn::NN_PRECISION
