#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "nn/core/threads.hpp"
#include "support/compare.hpp"

namespace nn::test {

/// The number of threads, until it goes out of scope.
class Threads {
 public:
  explicit Threads(int count) : before_(num_threads()) { set_num_threads(count); }
  ~Threads() { set_num_threads(before_); }
  Threads(const Threads&) = delete;

 private:
  int before_;
};

/// compute() gives tensors of the same bits under each of these numbers of threads.
template <class F>
void expect_same_bits_with_threads(std::initializer_list<int> counts, F compute) {
  std::vector<Tensor> first;
  for (int count : counts) {
    const Threads threads(count);
    const std::vector<Tensor> got = compute();
    if (first.empty()) first = got;
    ASSERT_EQ(got.size(), first.size());
    for (std::size_t i = 0; i < got.size(); ++i)
      EXPECT_TRUE(same_bits(got[i], first[i])) << i << " with threads: " << count;
  }
}

}  // namespace nn::test
