#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <iostream>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/core/tensor.hpp"
#include "support/compare.hpp"
#include "support/sanitizers.hpp"

namespace nn::test {
namespace {

constexpr Index kTwo32 = Index{1} << 32;

TEST(Case_P07_ElementCountsBeyond32Bits, CountedWithoutOverflow) {
  EXPECT_EQ((Shape{65536, 65536}).numel(), kTwo32);
  EXPECT_THROW((Shape{kTwo32, kTwo32}), ShapeError);
  EXPECT_THROW(Tensor::zeros({kTwo32, kTwo32}), ShapeError);
}

TEST(Case_P07_ElementCountsBeyond32Bits, Reshape) {
  Tensor six = Tensor::arange(6);
  EXPECT_THROW(six.reshape({kTwo32, kTwo32}), ShapeError);
  EXPECT_THROW(six.reshape({kTwo32, 3}), ShapeError);
  EXPECT_EQ(six.reshape({3, -1}).shape(), (Shape{3, 2}));
}

TEST(Case_P07_ElementCountsBeyond32Bits, ViewsOfManyElements) {
  Tensor one = Tensor::ones({1, 1}).broadcast_to({65536, 65536});
  EXPECT_EQ(one.numel(), kTwo32);
  EXPECT_EQ(one.at(65535, 65535), 1);
  EXPECT_EQ(one.reshape({kTwo32}).slice(0, kTwo32 - 1, kTwo32).item(), 1);
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

TEST(Case_P07_ElementCountsBeyond32BitsDeathTest, CreationIsRefused) {
  if (NN_TEST_SANITIZED) GTEST_SKIP() << "a sanitizer needs more address space";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(create_within_a_gibibyte(), ::testing::ExitedWithCode(0), "cannot allocate");
}

TEST(Case_P30_RandomNumbersAreOurOwn, Shuffle) {
  std::vector<Index> order = Rng(42).permutation(100);
  EXPECT_EQ((std::vector<Index>(order.begin(), order.begin() + 10)),
            (std::vector<Index>{83, 53, 70, 45, 44, 39, 22, 80, 10, 0}));
  Rng defaults(5489);
  for (int i = 1; i < 10000; ++i) defaults.next_u32();
  EXPECT_EQ(defaults.next_u32(), 4123659995u);
}

}  // namespace
}  // namespace nn::test
