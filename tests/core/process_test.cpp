// The library is used at the ends of processes and of threads, and in forked children.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include "nn/nn.hpp"
#include "support/sanitizers.hpp"

namespace nn::test { namespace {

constexpr int kRight = 7, kWrong = 8;  // exit codes
using Numbers = std::vector<Scalar>;

void add(Numbers& numbers, const Tensor& t) {
  const Tensor values = t.contiguous();
  numbers.insert(numbers.end(), values.data(), values.data() + values.numel());
}

/// Results of everything that uses threads or memory of its own.
Numbers results() {
  Numbers all;
  Rng rng(1);
  Tensor x({200, 130});
  for (Index i = 0; i < x.numel(); ++i) x.data()[i] = static_cast<Scalar>(rng.normal(0, 1));
  add(all, matmul(x, x.transpose()));
  Tensor odd({200, 9});
  gemm(static_cast<Scalar>(0.5), x, x.transpose().slice(1, 0, 9), 0, odd);
  add(all, odd);
  Sequential net(Conv2D({.kernel = 3, .chan_in = 1, .chan_out = 8}), ReLU(), Flatten(),
                 Linear(8 * 8 * 11, 2));
  add(all, net.clone()->predict(x.reshape({200, 10, 13, 1})));
  SoftmaxCrossEntropyLoss loss;
  Optim optim(net, loss, 1e-3, Adam());
  optim.step(x.reshape({200, 10, 13, 1}), Tensor::zeros({200}));
  for (const ParameterPtr& p : net.parameters()) add(all, p->value);
  add(all, kmeans(x, {.clusters = 3}, rng).centres);
  add(all, tsne(x, {.perplexity = 5, .iterations = 20}, rng).embedding);
  return all;
}

/// Ends the process unless the results are right.
void check(const Numbers& expected) {
  if (results() != expected) _exit(kWrong);
}

struct ChecksWhenDestroyed {
  ~ChecksWhenDestroyed() { check(expected); }
  Numbers expected;
};

class Process : public testing::Test {
 protected:
  Process() {
    testing::GTEST_FLAG(death_test_style) = "threadsafe";  // a process that has used nothing yet
  }
};

TEST_F(Process, StaticDestructors) {
  auto run = [] {
    static ChecksWhenDestroyed before;
    set_num_threads(3);
    before.expected = results();
    static ChecksWhenDestroyed after{before.expected};
    std::exit(kRight);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kRight), "");
}

TEST_F(Process, FirstUseInAStaticDestructor) {
  auto run = [] {
    static struct Twice {
      ~Twice() { check(results()); }
    } twice;
    set_num_threads(3);
    std::exit(kRight);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kRight), "");
}

TEST_F(Process, FunctionsOfAtexit) {
  static Numbers expected;
  auto run = [] {
    std::atexit([] { check(expected); });
    set_num_threads(3);
    expected = results();
    std::atexit([] { check(expected); });
    std::exit(kRight);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kRight), "");
}

TEST_F(Process, ThreadLocalDestructors) {
  auto run = [] {
    set_num_threads(3);
    for (int i = 0; i < 3; ++i)
      std::thread([] {
        thread_local ChecksWhenDestroyed before;
        before.expected = results();
        thread_local ChecksWhenDestroyed after{before.expected};
      }).join();
    thread_local ChecksWhenDestroyed of_main;
    of_main.expected = results();
    std::exit(kRight);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kRight), "");
}

TEST_F(Process, ExitDuringALoop) {
  auto from_the_body = [] {
    set_num_threads(3);
    parallel_for(3, 1, [](Index begin, Index) {
      if (begin == 2) std::exit(kRight);
    });
  };
  EXPECT_EXIT(from_the_body(), testing::ExitedWithCode(kRight), "");
  auto from_another_thread = [] {
    static ChecksWhenDestroyed before;
    set_num_threads(2);
    before.expected = results();
    static std::atomic<bool> runs{false};
    std::thread([] {
      parallel_for(2, 1, [](Index, Index) {
        for (runs = true;;) std::this_thread::yield();
      });
    }).detach();
    while (!runs) std::this_thread::yield();
    std::exit(kRight);
  };
  EXPECT_EXIT(from_another_thread(), testing::ExitedWithCode(kRight), "");
}

/// A program that loads the library with its plug-ins, as those of an audio host do.
TEST_F(Process, PluginsThatAreLoadedAndUnloaded) {
  if (access(NN_TEST_PLUGIN, R_OK) != 0) GTEST_SKIP() << "only the test programs were built";
  auto run = [] {
    alarm(100);  // rather than hang
    for (int i = 0; i < 5; ++i)
      std::thread([] {
        void* plugin = dlopen(NN_TEST_PLUGIN, RTLD_NOW | RTLD_LOCAL);
        if (!plugin) _exit(kWrong);
        auto is_right = reinterpret_cast<bool (*)()>(dlsym(plugin, "plugin_is_right"));
        if (!is_right || !is_right() || dlclose(plugin) != 0) _exit(kWrong);
      }).join();
    std::exit(kRight);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kRight), "");
}

/// Forks, calls body in the child, which then ends by exit(). Returns the child's exit code, or -1
/// if it had to be stopped.
template <class Body>
int code_of_child(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(100);  // rather than hang
    body();
    // LeakSanitizer would report at exit() what the parent's other threads hold.
    if (NN_TEST_SANITIZED) _exit(kRight);
    std::exit(kRight);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(Process, ForkedChildrenComputeAndEnd) {
  auto run = [] {
    set_num_threads(3);
    const Numbers expected = results();
    auto grandchild = [&] {
      check(expected);
      if (code_of_child([&] { check(expected); }) != kRight) _exit(kWrong);
    };
    if (code_of_child([] {}) != kRight || code_of_child(grandchild) != kRight) _exit(kWrong);
    std::thread([&] {
      if (code_of_child([&] { check(expected); }) != kRight) _exit(kWrong);
    }).join();
    check(expected);  // the parent goes on
    std::exit(kRight);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kRight), "");
}

TEST_F(Process, ForkWhileLoopsRun) {
  if (NN_TEST_SANITIZED) GTEST_SKIP() << "another thread may hold the sanitizer's allocator";
  auto run = [] {
    set_num_threads(3);
    const Numbers expected = results();
    std::atomic<bool> ends{false};
    std::thread busy([&] {
      while (!ends) {
        check(expected);
        module_kinds();
      }
    });
    for (int i = 0; i < 20; ++i)
      if (code_of_child([&] { check(expected); }) != kRight) _exit(kWrong);
    ends = true;
    busy.join();
    std::exit(kRight);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kRight), "");
}

TEST_F(Process, ForkInsideALoop) {
  auto run = [] {
    set_num_threads(3);
    std::atomic<int> right{0};
    parallel_for(3, 1, [&](Index, Index) {
      if (code_of_child([] { parallel_for(3, 1, [](Index, Index) {}); }) == kRight) ++right;
    });
    // A child that comes back from the body is told that it cannot finish.
    auto returns = [] {
      const pid_t parent = getpid();
      try {
        parallel_for(3, 1, [&](Index begin, Index) {
          if (begin == 0 && getpid() == parent && fork() == 0) alarm(100);
        });
      } catch (const ArgumentError&) {
        _exit(kRight);
      }
      int status = 0;
      wait(&status);
      std::exit(WIFEXITED(status) ? WEXITSTATUS(status) : kWrong);
    };
    std::exit(right == 3 && code_of_child(returns) == kRight ? kRight : kWrong);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(kRight), "");
}

}}  // namespace nn::test
