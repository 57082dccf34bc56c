#include "nn/core/threads.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

#include "nn/nn.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/threads.hpp"

namespace nn::test { namespace {

TEST(Threads, EachIndexOnceInPiecesOfAGrain) {
  for (int threads : {1, 2, 3, 8}) {
    Threads set(threads);
    for (Index count : {0, 1, 2, 7, 64, 1000, 1001})
      for (Index grain : {1, 3, 64, 5000}) {
        std::vector<std::atomic<int>> hits(static_cast<std::size_t>(count));
        std::atomic<int> pieces{0}, short_pieces{0};
        parallel_for(count, grain, [&](Index begin, Index end) {
          ++pieces;
          if (end - begin < grain && end != count) ++short_pieces;
          for (Index i = begin; i < end; ++i) ++hits[static_cast<std::size_t>(i)];
        });
        for (auto& hit : hits) ASSERT_EQ(hit, 1) << threads << ' ' << count << ' ' << grain;
        EXPECT_EQ(short_pieces, 0);
        EXPECT_EQ(pieces == 0, count == 0);
        EXPECT_LE(pieces, count < 2 * grain ? 1 : threads);
      }
  }
}

TEST(Threads, ExtremeCounts) {
  Threads set(3);
  std::atomic<Index> covered{0};
  parallel_for(INT64_MAX, 1, [&](Index begin, Index end) { covered += end - begin; });
  EXPECT_EQ(covered, INT64_MAX);
  covered = 0;
  parallel_for(INT64_MAX, INT64_MAX, [&](Index begin, Index end) { covered += end - begin; });
  EXPECT_EQ(covered, INT64_MAX);
  parallel_for(-1, 1, [&](Index, Index) { FAIL(); });
  covered = 0;
  parallel_for(10, 0, [&](Index begin, Index end) { covered += end - begin; });
  EXPECT_EQ(covered, 10);
}

/// Whether a loop of two pieces runs them at the same time.
bool two_threads_meet() {
  std::atomic<int> inside{0};
  std::atomic<bool> met{false};
  parallel_for(2, 1, [&](Index, Index) {
    ++inside;
    for (int i = 0; i < 2000000 && !met; ++i) {
      if (inside == 2) met = true;
      std::this_thread::yield();
    }
    --inside;
  });
  return met;
}

TEST(Threads, UsesSeveral) {
  Threads set(2);
  EXPECT_TRUE(two_threads_meet());
}

/// Leaves with 0 if a loop does all its work where the memory is too small for all threads, and if
/// threads are asked for again once there is more. The loop takes no memory itself.
void loop_where_threads_are_refused() {
  rlimit before;
  getrlimit(RLIMIT_AS, &before);
  const rlimit little{rlim_t{1} << 30, before.rlim_max};
  if (setrlimit(RLIMIT_AS, &little) != 0) std::_Exit(3);
  set_num_threads(256);
  for (int round = 0; round < 3; ++round) {
    std::atomic<Index> done{0};
    parallel_for(1000, 1, [&](Index begin, Index end) { done += end - begin; });
    if (done != 1000) std::_Exit(1);
  }
  setrlimit(RLIMIT_AS, &before);
  set_num_threads(2);
  std::_Exit(two_threads_meet() ? 0 : 2);
}

TEST(ThreadsDeathTest, GoesOnWithFewerWhereTheSystemRefusesThreads) {
  if (!counts_allocations()) GTEST_SKIP() << "what watches this process needs more memory";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(loop_where_threads_are_refused(), ::testing::ExitedWithCode(0), "");
}

TEST(Threads, ExceptionsReachTheCallerAndTheLoopEnds) {
  for (int threads : {1, 2, 4}) {
    Threads set(threads);
    for (int round = 0; round < 20; ++round) {
      std::atomic<Index> done{0};
      EXPECT_THROW(parallel_for(100, 1,
                                [&](Index begin, Index end) {
                                  done += end - begin;
                                  if (begin == 0) throw std::runtime_error("first piece");
                                }),
                   std::runtime_error);
      EXPECT_EQ(done, 100);
      EXPECT_THROW(parallel_for(100, 1, [](Index, Index) { throw 5; }), int);
      done = 0;
      parallel_for(100, 1, [&](Index begin, Index end) { done += end - begin; });
      EXPECT_EQ(done, 100);
    }
  }
}

TEST(Threads, NestedCallsRunOnTheirThread) {
  Threads set(4);
  std::atomic<Index> sum{0};
  std::atomic<int> elsewhere{0};
  parallel_for(8, 1, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      auto self = std::this_thread::get_id();
      parallel_for(100, 1, [&](Index from, Index to) {
        if (std::this_thread::get_id() != self) ++elsewhere;
        sum += to - from;
      });
    }
  });
  EXPECT_EQ(sum, 800);
  EXPECT_EQ(elsewhere, 0);
}

TEST(Threads, NestedCallAfterAnException) {
  Threads set(2);
  EXPECT_THROW(
      parallel_for(4, 1, [&](Index, Index) { parallel_for(4, 1, [](Index, Index) { throw 1; }); }),
      int);
  Index sum = 0;  // one thread at a time: no race
  set_num_threads(1);
  parallel_for(10, 1, [&](Index begin, Index end) { sum += end - begin; });
  EXPECT_EQ(sum, 10);
}

// Also built with a thread sanitizer: loops of many callers at once, while the number of threads
// changes.
TEST(Threads, ManyCallersAtOnce) {
  Threads set(3);
  std::atomic<bool> wrong{false};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&, caller] {
      std::vector<Index> data(1000);
      for (int round = 0; round < 300; ++round) {
        if (caller == 0) set_num_threads(1 + round % 4);
        parallel_for(1000, 10, [&](Index begin, Index end) {
          for (Index i = begin; i < end; ++i) data[static_cast<std::size_t>(i)] = i + round;
        });
        for (Index i = 0; i < 1000; ++i)
          if (data[static_cast<std::size_t>(i)] != i + round) wrong = true;
      }
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_FALSE(wrong);
}

// Also built with a thread sanitizer: what two trainings share is the pool of threads alone.
TEST(Threads, TrainingsAtOnceGiveWhatEachGivesAlone) {
  Threads set(3);
  auto trained = [](std::uint64_t seed) {
    Rng data = Rng(seed).stream("data"), weights = Rng(seed).stream("weights");
    Rng order = Rng(seed).stream("batches");
    Sequential net{Linear(2, 200), TanH(), Linear(200, 1), Sigmoid()};
    initialize(net, weights);
    BCELoss loss;
    Optim optim(net, loss, 0.01, Reduction::mean, Adam());
    SGD(optim, checkerboard({.samples = 2000}, data), {.batch_size = 500, .epochs = 5}, order)
        .check();
    return net.parameters()[0]->value;
  };
  const Tensor expected[] = {trained(1), trained(2)};
  Tensor got[2];
  std::thread other([&] { got[1] = trained(2); });
  got[0] = trained(1);
  other.join();
  for (int i : {0, 1}) EXPECT_TRUE(same_bits(got[i], expected[i])) << i;
  EXPECT_FALSE(same_bits(got[0], got[1]));
}

TEST(Threads, PausesBetweenLoops) {
  Threads set(3);
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the workers fall asleep
    std::atomic<Index> sum{0};
    parallel_for(1000, 1, [&](Index begin, Index end) { sum += end - begin; });
    EXPECT_EQ(sum, 1000);
  }
}

TEST(Threads, NumberOutOfRange) {
  const int before = num_threads();
  for (int n : {0, -1, 257, INT_MAX}) {
    EXPECT_TRUE(contains(message_of<RangeError>([&] { set_num_threads(n); }), std::to_string(n)));
    EXPECT_EQ(num_threads(), before);
  }
  Threads set(256);
  EXPECT_EQ(num_threads(), 256);
}

/// num_threads() of a new process with that value of NN_NUM_THREADS.
void exit_with_number_for(const char* value) {
  setenv("NN_NUM_THREADS", value, 1);
  std::_Exit(num_threads() % 100);
}

TEST(ThreadsDeathTest, EnvironmentVariable) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  unsetenv("NN_NUM_THREADS");
  EXPECT_EXIT(exit_with_number_for("5"), ::testing::ExitedWithCode(5), "");
  EXPECT_EXIT(exit_with_number_for("256"), ::testing::ExitedWithCode(56), "");
  for (const char* ignored : {"0", "257", "-1", "3x", " 3", "", "1e1"})
    EXPECT_EXIT(exit_with_number_for(ignored), ::testing::ExitedWithCode(num_threads() % 100), "")
        << ignored;
}

}  // namespace
}  // namespace nn::test
