#include "nn/core/storage.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <iostream>
#include <thread>
#include <utility>
#include <vector>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/core/tensor.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/sanitizers.hpp"

namespace nn::test { namespace {

TEST(Storage, CountsItsReferences) {
  EXPECT_EQ(Storage().use_count(), 0);
  EXPECT_EQ(Storage().data(), nullptr);
  Storage a(3);
  EXPECT_EQ(a.use_count(), 1);
  {
    Storage b = a, c;
    EXPECT_EQ(a.use_count(), 2);
    c = b;
    EXPECT_EQ(a.use_count(), 3);
    c = std::move(b);
    EXPECT_EQ(a.use_count(), 2);
    EXPECT_EQ(b.use_count(), 0);
    c = Storage(1);
    EXPECT_EQ(a.use_count(), 1);
  }
  EXPECT_EQ(a.use_count(), 1);
  Storage& same = a;
  a = same;
  EXPECT_EQ(a.use_count(), 1);
}

TEST(Storage, ZeroAndImpossibleSizes) {
  EXPECT_NE(Storage(0).data(), nullptr);
  EXPECT_THROW(Storage(-1), RangeError);
  EXPECT_THROW(Storage(INT64_MAX), RangeError);
}

TEST(Storage, HasNoMoreNumbersThanAddressesOf32Bits) {
  if (sizeof(void*) > 4) GTEST_SKIP() << "the addresses have 64 bits";
  EXPECT_THROW(Storage((Index{1} << 32) + 16), RangeError);
  EXPECT_THROW(Rng(0).permutation((Index{1} << 32) + 16), RangeError);
}

TEST(Storage, BlocksAreRecycled) {
  if (NN_TEST_SANITIZED) GTEST_SKIP() << "with a sanitizer blocks go back at once";
  for (Index count : {1, 100, 1000, 100000}) {
    const Scalar* first = Storage(count).data();
    EXPECT_EQ(Storage(count).data(), first);
  }
}

TEST(Storage, WhatIsHeldIsNotRecycled) {
  std::vector<Tensor> kept;
  for (int round = 0; round < 50; ++round) {
    kept.push_back(Tensor::full({33}, static_cast<Scalar>(round)));
    Tensor::full({33}, -1);  // freed at once
    Tensor view = Tensor::full({33}, static_cast<Scalar>(round)).slice(0, 3, 5);
    Tensor::full({33}, -2);
    EXPECT_EQ(values(view), std::vector<Scalar>(2, static_cast<Scalar>(round)));
  }
  for (int round = 0; round < 50; ++round)
    EXPECT_EQ(values(kept[static_cast<std::size_t>(round)]),
              std::vector<Scalar>(33, static_cast<Scalar>(round)));
}

TEST(Storage, KeepsSizesInUseAmongMany) {
  if (NN_TEST_SANITIZED) GTEST_SKIP() << "with a sanitizer blocks go back at once";
  constexpr Index large = (Index{192} << 20) / static_cast<Index>(sizeof(Scalar));
  Storage{large};                                          // kept from now on, of no use
  for (int i = 0; i < 3; ++i) Storage{large / 3 * 2 + 1};  // does not fit beside it
  const Scalar* first = Storage{large / 3 * 2 + 1}.data();
  EXPECT_EQ(Storage{large / 3 * 2 + 1}.data(), first);
}

TEST(Storage, KeepsABoundedNumberOfBytes) {
  if (!counts_allocations()) GTEST_SKIP() << "operator new is not ours here";
  constexpr Index large = (Index{160} << 20) / static_cast<Index>(sizeof(Scalar));
  for (Index count : {large, large / 2 * 3, large / 4 * 5}) Storage{count};
  const long before = allocations();
  Storage a(large), b(large / 2 * 3), c(large / 4 * 5);
  EXPECT_EQ(allocations() - before, 2);  // one of the three was still there
}

TEST(Storage, MayBeFreedByAnotherThread) {
  for (int round = 0; round < 20; ++round) {
    Tensor t = Tensor::full({1000}, 3);
    std::thread([moved = std::move(t)]() mutable {
      EXPECT_EQ(moved(999), 3);
      moved = Tensor::full({1000}, 4);
    }).join();
  }
}

// The thread's kept blocks go before this does.
thread_local Tensor outlives_the_cache;

TEST(Storage, TensorsMayOutliveTheirThreadsBlocks) {
  std::thread([] {
    outlives_the_cache = Tensor();
    outlives_the_cache = Tensor::full({100}, 1);
  }).join();
}

/// Leaves with 0 if both tensors are refused by a RangeError or a ShapeError within 1 GiB.
void create_within_a_gibibyte() {
  rlimit limit{1ul << 30, 1ul << 30};
  if (setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(3);
  int refused = 0;
  for (const Shape& shape : {Shape{65536, 65536}, Shape{Index{1} << 40}, Shape{Index{1} << 61}})
    try {
      Tensor t(shape);
      std::cerr << shape << " was created\n";
    } catch (const ArgumentError& error) {
      std::cerr << error.what() << '\n';
      ++refused;
    }
  std::_Exit(refused == 3 ? 0 : 1);
}

TEST(StorageDeathTest, MoreThanTheMemoryIsRefused) {
  if (NN_TEST_SANITIZED) GTEST_SKIP() << "a sanitizer needs more address space";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(create_within_a_gibibyte(), ::testing::ExitedWithCode(0), "cannot allocate");
}

}  // namespace
}  // namespace nn::test
