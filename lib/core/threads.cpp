#include "nn/core/threads.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include "core/serial_loops.hpp"
#include "core/system.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

constexpr int kMaxThreads = 256;

int cpus() { return std::clamp(detail::cpus_of_process(), 1, kMaxThreads); }

int initial_threads() {
  if (const char* text = std::getenv("NN_NUM_THREADS")) {
    int n = 0;
    const char* end = text + std::strlen(text);
    if (auto [p, error] = std::from_chars(text, end, n);
        error == std::errc() && p == end && n >= 1 && n <= kMaxThreads)
      return n;
  }
  return cpus();
}

std::atomic<int>& thread_limit() {
  static std::atomic<int> limit{initial_threads()};
  return limit;
}

std::atomic<bool> may_start_threads{true};

thread_local bool inside_loop = false;

/// Tells the CPU that a thread looks at a number again and again.
void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

/// Whether it has become true: looks for some microseconds, then for as many again while others may
/// have the CPU. One that has been given away to a program of low priority comes back after
/// milliseconds, which is longer than most loops.
template <class Condition>
bool comes_true(Condition condition) {
  constexpr int kLooks = 1000, kYields = 2000;
  for (int i = 0; i < kLooks + kYields; ++i) {
    if (condition()) return true;
    if (i < kLooks)
      pause();
    else
      std::this_thread::yield();
  }
  return condition();
}

/// Runs one loop at a time, cut in pieces that threads take by ticket. A loop ends when all its
/// pieces are done. A worker that the system schedules late delays no one, since others take its
/// tickets.
///
/// Workers look for the next loop for a short while before they sleep. The many short loops of a
/// training step then need no wake-up and no lock: a core learns of a loop, and takes a piece, in
/// one cache line.
class Pool {
 public:
  /// Whether it ran the loop. Not while it runs another one, and not after close().
  bool try_run(Index count, Index grain, int threads, detail::RangeFunction body, void* context) {
    if (in_use_.exchange(true)) return false;
    struct Release {
      ~Release() { in_use.store(false); }
      std::atomic<bool>& in_use;
    } release{in_use_};
    run(count, grain, threads, body, context);
    return true;
  }

  /// Ends the workers. Not during a loop, where exit() may be called too: its threads would wait
  /// for themselves.
  void close() {
    if (!in_use_.exchange(true)) keep_workers(0);
  }

 private:
  void run(Index count, Index grain, int threads, detail::RangeFunction body, void* context) {
    const int helpers = start_workers(threads - 1);
    const Index piece = std::max((count - 1) / (helpers + 1) + 1, grain);
    const auto pieces = static_cast<std::uint64_t>((count - 1) / piece + 1);
    loop_ = {body, context, count, piece};
    finished_.store(0, std::memory_order_relaxed);
    const Tickets last = tickets_.load(std::memory_order_relaxed);
    const Tickets offered(last.generation() + 1, static_cast<std::uint64_t>(helpers), pieces - 1);
    tickets_.store(offered);
    if (sleeping_.load() > 0) wake(wake_);
    do_piece(0);  // the caller's own
    take_pieces(offered.generation());
    wait_for(pieces, offered.generation());
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

  struct Loop {
    detail::RangeFunction body;
    void* context;
    Index count;
    Index piece;
  };

  /// The number of the loop, the number of workers it wants (those with a smaller id), and how many
  /// pieces are left. They share a word, so that a piece always belongs to the loop that it was
  /// taken from.
  class Tickets {
   public:
    Tickets() = default;
    Tickets(std::uint64_t generation, std::uint64_t helpers, std::uint64_t pieces)
        : word_(generation << (2 * kBits) | helpers << kBits | pieces) {}
    std::uint64_t generation() const { return word_ >> (2 * kBits); }
    int helpers() const { return static_cast<int>(word_ >> kBits & kMask); }
    std::uint64_t pieces() const { return word_ & kMask; }
    Tickets without_one() const { return {generation(), word_ >> kBits & kMask, pieces() - 1}; }

   private:
    static constexpr int kBits = 12;
    static constexpr std::uint64_t kMask = (1u << kBits) - 1;
    static_assert(kMaxThreads <= kMask);
    std::uint64_t word_ = 0;
  };
  static_assert(std::atomic<Tickets>::is_always_lock_free);

  /// The number of workers that a loop gets if it wants this many: fewer if the system refuses
  /// threads. Then it is most likely short of memory, which the loops need too. So half of the
  /// workers end, and all for which there is no CPU. No thread is asked for again, which is costly,
  /// until set_num_threads() is called.
  int start_workers(int wanted) {
    try {
      while (started_ < wanted && may_start_threads) {
        const int id = started_;
        kept_ = id + 1;
        workers_[static_cast<std::size_t>(id)] = std::thread([this, id] { work(id); });
        ++started_;
      }
    } catch (const std::exception&) {
      may_start_threads = false;
      keep_workers(std::min((started_ + 1) / 2, cpus() - 1));
    }
    return std::min(started_, wanted);
  }

  /// Ends all but the first `count` workers.
  void keep_workers(int count) {
    kept_ = count;
    wake(wake_);
    for (; started_ > count; --started_) workers_[static_cast<std::size_t>(started_ - 1)].join();
  }

  /// Wakes the threads that found, under the lock, that they have to wait.
  void wake(std::condition_variable& sleepers) {
    { std::lock_guard lock(mutex_); }
    sleepers.notify_all();
  }

  /// Takes a piece of this loop. Returns the tickets before that; without pieces if none was left.
  Tickets take_ticket(std::uint64_t generation) {
    Tickets left = tickets_.load(std::memory_order_relaxed);
    while (left.generation() == generation && left.pieces() > 0)
      if (tickets_.compare_exchange_weak(left, left.without_one(), std::memory_order_acquire,
                                         std::memory_order_relaxed))
        return left;
    return {};
  }

  /// Does pieces until none is left. Returns whether there was any.
  bool take_pieces(std::uint64_t generation) {
    bool any = false;
    for (Tickets left; (left = take_ticket(generation)).pieces() > 0; any = true)
      do_piece(left.pieces());
    return any;
  }

  void do_piece(std::uint64_t number) {
    const Index begin = static_cast<Index>(number) * loop_.piece;
    inside_loop = true;
    try {
      loop_.body(loop_.context, begin, begin + std::min(loop_.piece, loop_.count - begin));
    } catch (...) {
      std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
    inside_loop = false;
    finished_.fetch_add(1);
  }

  void work(int id) {
    std::uint64_t seen = 0;
    auto is_idle = [&] { return tickets_.load().generation() == seen && id < kept_; };
    for (;;) {
      if (!comes_true([&] { return !is_idle(); })) {
        std::unique_lock lock(mutex_);
        ++sleeping_;
        wake_.wait(lock, [&] { return !is_idle(); });
        --sleeping_;
      }
      if (id >= kept_) return;
      const Tickets offered = tickets_.load();
      seen = offered.generation();
      if (id >= offered.helpers()) continue;
      if (take_pieces(seen) && caller_sleeps_.load()) wake(done_);
      check_process(seen);
    }
  }

  /// Throws if a loop's body has come back in a child that was forked in it.
  void check_process(std::uint64_t generation) const {
    if (tickets_.load().generation() < generation)
      throw ArgumentError("parallel_for: a child forked in a loop's body cannot finish the loop");
  }

  void wait_for(std::uint64_t pieces, std::uint64_t generation) {
    check_process(generation);
    auto is_done = [&] { return finished_.load() == pieces; };
    if (comes_true(is_done)) return;
    std::unique_lock lock(mutex_);
    caller_sleeps_ = true;
    done_.wait(lock, is_done);
    caller_sleeps_ = false;
  }

  alignas(64) std::atomic<Tickets> tickets_{Tickets()};
  Loop loop_{};  // written while no piece is out
  alignas(64) std::atomic<std::uint64_t> finished_{0};
  std::exception_ptr error_;  // written under mutex_ by a thread that has a piece
  alignas(64) std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::atomic<int> sleeping_{0};  // workers
  std::atomic<bool> caller_sleeps_{false};
  std::atomic<int> kept_{0};                      // workers with a smaller id go on
  std::array<std::thread, kMaxThreads> workers_;  // in place: a forked child leaves them behind
  int started_ = 0;
  std::atomic<bool> in_use_{false};
};

alignas(Pool) std::byte pool_memory[sizeof(Pool)];

/// The pool is never destroyed: static objects may use it when they are. From then on their loops
/// have no workers. A forked child, which has none of the workers, gets a new pool.
struct PoolLife {
  PoolLife() {
    make();
    detail::at_fork(nullptr, nullptr, make);
  }
  ~PoolLife() { get().close(); }
  static void make() { new (pool_memory) Pool; }
  static Pool& get() { return *std::launder(reinterpret_cast<Pool*>(pool_memory)); }
};

Pool& pool() {
  static PoolLife life;
  return life.get();
}

}  // namespace

int num_threads() { return thread_limit().load(std::memory_order_relaxed); }

void set_num_threads(int n) {
  if (n < 1 || n > kMaxThreads)
    throw RangeError("set_num_threads: expected 1 to " + std::to_string(kMaxThreads) + ", got " +
                     std::to_string(n));
  thread_limit() = n;
  may_start_threads = true;
}

void detail::run_loops_alone() { inside_loop = true; }
bool detail::loops_run_alone() { return inside_loop; }
detail::LoopsAlone::LoopsAlone() : before_(std::exchange(inside_loop, true)) {}
detail::LoopsAlone::~LoopsAlone() { inside_loop = before_; }

void detail::run_parallel(Index count, Index grain, RangeFunction run, void* context) {
  if (count <= 0) return;
  grain = std::max<Index>(grain, 1);
  int threads = static_cast<int>(std::min<Index>(num_threads(), count / grain));
  if (threads < 2 || inside_loop || !pool().try_run(count, grain, threads, run, context))
    run(context, 0, count);
}

}}  // namespace nn::NN_PRECISION
