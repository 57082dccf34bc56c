#include "nn/core/storage.hpp"

#include <pthread.h>

#include <atomic>
#include <limits>
#include <new>
#include <string>

#include "core/allocation_limit.hpp"
#include "core/block_cache.hpp"
#include "core/memory_size.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

static constinit thread_local BlockCache own_cache(BlockCache::Of::a_thread);
static constinit thread_local BlockCache* other_cache = nullptr;

static BlockCache& cache() { return other_cache ? *other_cache : own_cache; }

static void free_block(void* block) { ::operator delete (block, std::align_val_t{64}); }

/// Frees one block, of each size in turn: blocks of sizes that nothing asks for make room in the
/// end.
void BlockCache::drop_one() {
  while (!lists_[next_dropped_]) next_dropped_ = (next_dropped_ + 1) % lists_.size();
  Block* block = lists_[next_dropped_];
  lists_[next_dropped_] = block->next;
  kept_ -= block->bytes;
  free_block(block);
  next_dropped_ = (next_dropped_ + 1) % lists_.size();
}

void BlockCache::free_all() {
  state_ = State::closed;
  for (Block*& block : lists_)
    while (block) free_block(std::exchange(block, block->next));
}

UseBlocks::UseBlocks(BlockCache& blocks) : before_(std::exchange(other_cache, &blocks)) {}
UseBlocks::~UseBlocks() { other_cache = before_; }

namespace {

std::atomic<bool> key_exists{false};
pthread_key_t key;

/// Lets the blocks of a thread go when it ends. A thread_local object with a destructor would do
/// the same, but registering that waits for a lock that dlopen() and dlclose() hold while they run
/// static constructors and destructors.
struct KeyLife {
  KeyLife() {
    key_exists = pthread_key_create(&key, [](void*) { own_cache.free_all(); }) == 0;
  }
  ~KeyLife() {
    own_cache.free_all();
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
  const std::size_t n = detail::memory_size(count);
  if (n > limit / sizeof(Scalar))
    throw RangeError("cannot allocate " + std::to_string(count) + " numbers");
  std::size_t bytes = BlockCache::round_up(n * sizeof(Scalar));
  Block* block = cache().take(bytes);
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
  if (!cache().keep(block_)) free_block(block_);
}

}}  // namespace nn::NN_PRECISION
