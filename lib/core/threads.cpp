#include "nn/core/threads.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION {
namespace {

constexpr int kMaxThreads = 256;

/// Those this process may run on.
int cpus() {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0
                  ? CPU_COUNT(&set)
                  : static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(count, 1, kMaxThreads);
}

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

/// One loop at a time, cut in pieces that threads take by ticket. A loop is over when all its
/// pieces are done: a worker that the system has not scheduled in time delays nobody, since its
/// tickets go to the others. Workers look for the next loop for a short while before they sleep, so
/// that the many short loops of a training step do not each pay for a wake-up.
class Pool {
 public:
  ~Pool() { keep_workers(0); }

  void run(Index count, Index grain, int threads, detail::RangeFunction body, void* context) {
    threads = start_workers(threads - 1) + 1;
    Loop loop{body, context, count, std::max((count - 1) / threads + 1, grain), 0, 0};
    loop.pieces = (count - 1) / loop.piece + 1;
    bool wake;
    {
      std::lock_guard lock(mutex_);
      loop.generation = generation_ + 1;
      loop_ = loop;
      helpers_ = threads - 1;
      finished_ = 0;
      ticket_ = loop.generation << kIndexBits;
      generation_ = loop.generation;
      wake = sleeping_ > 0;
    }
    if (wake) wake_.notify_all();
    take_pieces(loop);
    wait_for(loop.pieces);
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  static constexpr int kSpins = 2000;
  static constexpr int kIndexBits = 16;  // of a ticket: the piece's number, behind its loop's
  static_assert(kMaxThreads < (1 << kIndexBits));

  struct Loop {
    detail::RangeFunction body;
    void* context;
    Index count;
    Index piece;
    Index pieces;
    std::uint64_t generation;
  };

  /// How many workers a loop can have that wants this many: fewer where the system refuses threads.
  /// It is then short of memory, most likely, and what the loops allocate needs some too: half of
  /// the stacks are given back, and all for which there is no CPU. Asking again is costly, and
  /// waits until set_num_threads() has been called.
  int start_workers(int wanted) {
    auto started = [this] { return static_cast<int>(workers_.size()); };
    try {
      while (started() < wanted && may_start_threads)
        workers_.emplace_back([this, id = started()] { work(id); });
    } catch (const std::exception&) {
      may_start_threads = false;
      keep_workers(std::min((started() + 1) / 2, cpus() - 1));
    }
    return std::min(started(), wanted);
  }

  /// Ends all but the first `count` workers.
  void keep_workers(int count) {
    set_kept(count);
    wake_.notify_all();
    for (; static_cast<int>(workers_.size()) > count; workers_.pop_back()) workers_.back().join();
    set_kept(kMaxThreads);
  }

  void set_kept(int count) {
    std::lock_guard lock(mutex_);
    kept_ = count;
  }

  /// The next piece of this loop, or -1 when it has none left or is over.
  Index take_ticket(const Loop& loop) {
    std::uint64_t ticket = ticket_.load(std::memory_order_relaxed);
    for (;;) {
      auto index = static_cast<Index>(ticket & ((1u << kIndexBits) - 1));
      if (ticket >> kIndexBits != loop.generation || index >= loop.pieces) return -1;
      if (ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel))
        return index;
    }
  }

  void take_pieces(const Loop& loop) {
    for (Index index; (index = take_ticket(loop)) >= 0;) {
      Index begin = index * loop.piece;
      try {
        loop.body(loop.context, begin, begin + std::min(loop.piece, loop.count - begin));
      } catch (...) {
        std::lock_guard lock(mutex_);
        if (!error_) error_ = std::current_exception();
      }
      if (finished_.fetch_add(1, std::memory_order_acq_rel) + 1 == loop.pieces) {
        std::lock_guard lock(mutex_);
        done_.notify_one();
      }
    }
  }

  void work(int id) {
    std::uint64_t seen = 0;
    for (;;) {
      for (int i = 0; i < kSpins && generation_.load(std::memory_order_acquire) == seen; ++i)
        std::this_thread::yield();
      Loop loop;
      bool wanted;
      {
        std::unique_lock lock(mutex_);
        ++sleeping_;
        wake_.wait(lock, [&] { return id >= kept_ || generation_ != seen; });
        --sleeping_;
        if (id >= kept_) return;
        loop = loop_;
        seen = loop.generation;
        wanted = id < helpers_;
      }
      if (wanted) take_pieces(loop);
    }
  }

  void wait_for(Index pieces) {
    for (int i = 0; i < kSpins; ++i) {
      if (finished_.load(std::memory_order_acquire) == pieces) return;
      std::this_thread::yield();
    }
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return finished_ == pieces; });
  }

  std::mutex
      mutex_;  // guards what is not atomic, but for workers_ and error_'s last read (run alone)
  std::condition_variable wake_, done_;
  std::vector<std::thread> workers_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint64_t> ticket_{0};
  std::atomic<Index> finished_{0};
  Loop loop_{};
  int helpers_ = 0;  // workers that the loop wants: those with a smaller id
  int sleeping_ = 0;
  int kept_ = kMaxThreads;  // workers with a smaller id go on
  std::exception_ptr error_;
};

std::mutex& pool_in_use() {
  static std::mutex mutex;
  return mutex;
}

Pool& pool() {
  static Pool pool;
  return pool;
}

thread_local bool inside_loop = false;

struct InsideLoop {
  InsideLoop() { inside_loop = true; }
  ~InsideLoop() { inside_loop = false; }
};

}  // namespace

int num_threads() { return thread_limit().load(std::memory_order_relaxed); }

void set_num_threads(int n) {
  if (n < 1 || n > kMaxThreads)
    throw RangeError("set_num_threads: expected 1 to " + std::to_string(kMaxThreads) + ", got " +
                     std::to_string(n));
  thread_limit() = n;
  may_start_threads = true;
}

void detail::run_parallel(Index count, Index grain, RangeFunction run, void* context) {
  if (count <= 0) return;
  grain = std::max<Index>(grain, 1);
  int threads = static_cast<int>(std::min<Index>(num_threads(), count / grain));
  std::unique_lock lock(pool_in_use(), std::defer_lock);
  if (threads < 2 || inside_loop || !lock.try_lock()) return run(context, 0, count);
  struct Body {
    RangeFunction run;
    void* context;
  } body{run, context};
  auto marked = [](void* data, Index begin, Index end) {
    InsideLoop mark;
    static_cast<Body*>(data)->run(static_cast<Body*>(data)->context, begin, end);
  };
  pool().run(count, grain, threads, marked, &body);
}

}  // namespace nn::inline NN_PRECISION
