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

int initial_threads() {
  if (const char* text = std::getenv("NN_NUM_THREADS")) {
    int n = 0;
    const char* end = text + std::strlen(text);
    if (auto [p, error] = std::from_chars(text, end, n);
        error == std::errc() && p == end && n >= 1 && n <= kMaxThreads)
      return n;
  }
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof cpus, &cpus) == 0)
    return std::clamp(CPU_COUNT(&cpus), 1, kMaxThreads);
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxThreads);
}

std::atomic<int>& thread_limit() {
  static std::atomic<int> limit{initial_threads()};
  return limit;
}

/// One loop at a time, cut in pieces that threads take by ticket. A loop is over when all its
/// pieces are done: a worker that the system has not scheduled in time delays nobody, since its
/// tickets go to the others. Workers look for the next loop for a short while before they sleep, so
/// that the many short loops of a training step do not each pay for a wake-up.
class Pool {
 public:
  ~Pool() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  void run(Index count, Index grain, int threads, detail::RangeFunction body, void* context) {
    hire(threads - 1);
    threads = std::min(threads, static_cast<int>(workers_.size()) + 1);
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

  /// So many workers, or those that the system gives: once it has refused one it is not asked
  /// again.
  void hire(int wanted) {
    try {
      while (!refused_ && static_cast<int>(workers_.size()) < wanted)
        workers_.emplace_back([this, id = static_cast<int>(workers_.size())] { work(id); });
    } catch (const std::exception&) {
      refused_ = true;
    }
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
        wake_.wait(lock, [&] { return stopping_ || generation_ != seen; });
        --sleeping_;
        if (stopping_) return;
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

  // Guards what is not atomic, but for what run() alone uses: workers_, refused_, error_'s last
  // read.
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::vector<std::thread> workers_;
  bool refused_ = false;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint64_t> ticket_{0};
  std::atomic<Index> finished_{0};
  Loop loop_{};
  int helpers_ = 0;  // workers that the loop wants: those with a smaller id
  int sleeping_ = 0;
  bool stopping_ = false;
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
