#include "nn/core/rng.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "nn/core/error.hpp"
#include "support/compare.hpp"

// Numbers of NumPy: version 1.24.2, RandomState.
namespace nn::test { namespace {

TEST(Rng, IsMersenneTwister) {
  Rng rng(5489);
  std::uint32_t last = 0;
  for (int i = 0; i < 10000; ++i) last = rng.next_u32();
  EXPECT_EQ(last, 4123659995u);  // ISO C++ [rand.predef]
  for (std::uint32_t seed : {0u, 1u, 42u, 0xffffffffu}) {
    Rng own(seed);
    std::mt19937 standard(seed);
    for (int i = 0; i < 2000; ++i) ASSERT_EQ(own.next_u32(), standard());
  }
}

TEST(Rng, RandIsNumPys) {
  Rng rng(0);
  for (double expected : {0x1.18fe1565f12a8p-1, 0x1.6e2d4cf608733p-1, 0x1.349d66b6e894bp-1,
                          0x1.16faedb6395f5p-1, 0x1.b1d2904fd0ef6p-2})
    EXPECT_EQ(rng.rand(), expected);
  for (int i = 5; i < 999; ++i) rng.rand();
  EXPECT_EQ(rng.rand(), 0x1.5ab23e79781c2p-1);
  EXPECT_EQ(Rng(0xffffffffu).rand(), 0x1.8fe69a3924820p-4);
}

TEST(Rng, RandnIsNumPys) {
  Rng rng(0);
  for (double expected : {0x1.c398ef3e5cfa5p+0, 0x1.99c2cfacc8953p-2, 0x1.f51d25222c9abp-1,
                          0x1.1ed5969e3314ep+1, 0x1.de1847cb13ddap+0})
    EXPECT_EQ(rng.randn(), expected);
  Rng later(0);
  for (int i = 0; i < 1000; ++i) later.rand();
  EXPECT_EQ(later.randn(), -0x1.a08d5244e35acp-4);
  for (int i = 1; i < 999; ++i) later.randn();
  EXPECT_EQ(later.randn(), 0x1.4c1e9c7460d73p+0);
}

TEST(Rng, RandBetweenTwoRandn) {
  Rng rng(1);
  EXPECT_EQ(rng.randn(), 0x1.9fd5190657c50p+0);
  EXPECT_EQ(rng.rand(), 0x1.dfb906661c000p-14);
  EXPECT_EQ(rng.randn(), -0x1.393822fb7d9adp-1);  // the other of the first pair
  EXPECT_EQ(rng.rand(), 0x1.3596ab7fe08f4p-2);
}

TEST(Rng, SeedOfTwoWordsIsNumPysArraySeed) {
  Rng rng((std::uint64_t{2} << 32) | 1);  // RandomState([1, 2])
  EXPECT_EQ(rng.rand(), 0x1.2b45704626fe0p-1);
  EXPECT_EQ(rng.randn(), -0x1.3aabcc6bb5fffp-1);
  EXPECT_EQ(rng.randn(), -0x1.7d61ea050e6e5p+0);
}

TEST(Rng, PermutationIsNumPys) {
  EXPECT_EQ(Rng(42).permutation(10), (std::vector<Index>{8, 1, 5, 0, 7, 2, 9, 4, 3, 6}));
  EXPECT_EQ(Rng(7).permutation(20), (std::vector<Index>{1,  17, 2, 5,  11, 0,  18, 6, 13, 19,
                                                        10, 14, 8, 16, 9,  12, 7,  3, 4,  15}));
  std::vector<Index> p = Rng(3).permutation(1000);
  Index sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += static_cast<Index>(i) * p[i];
  EXPECT_EQ(sum, 254166528);
  EXPECT_EQ(p[0], 642);
  EXPECT_EQ(p[999], 874);
  std::sort(p.begin(), p.end());
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_EQ(p[i], static_cast<Index>(i));
  EXPECT_TRUE(Rng(0).permutation(0).empty());
  EXPECT_EQ(Rng(0).permutation(1), std::vector<Index>{0});
  EXPECT_THROW(Rng(0).permutation(-1), RangeError);
}

TEST(Rng, Tensors) {
  Rng a(3), b(3);
  Tensor u = a.rand({2, 3}), z = a.randn({2, 2});
  for (Index i = 0; i < 6; ++i) EXPECT_EQ(u.data()[i], static_cast<Scalar>(b.rand()));
  for (Index i = 0; i < 4; ++i) EXPECT_EQ(z.data()[i], static_cast<Scalar>(b.randn()));
  EXPECT_EQ(a.rand({0, 3}).numel(), 0);
  EXPECT_EQ(a.rand(), b.rand());
}

TEST(Rng, TensorsStayBelowOne) {
  Rng rng(371965);  // whose 68th number is so near to 1 that float has none in between
  Tensor x = rng.rand({100});
  EXPECT_EQ(x(67), is_double ? Scalar(0.99999999510981685) : std::nextafter(Scalar(1), Scalar(0)));
}

TEST(Rng, BelowFavoursNoValue) {
  Rng rng(1);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[static_cast<std::size_t>(rng.below(7))];
  for (int count : counts) EXPECT_NEAR(count, 10000, 5 * std::sqrt(10000.0));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(rng.below(1), 0);
  EXPECT_THROW(rng.below(0), RangeError);
  EXPECT_THROW(rng.below(-5), RangeError);
}

TEST(Rng, BelowBoundsBeyond32Bits) {
  Rng rng(1), words(1);
  const Index bound = Index{1} << 40;
  for (int i = 0; i < 100; ++i) {
    std::uint64_t high = words.next_u32(), low = words.next_u32();  // NumPy's order
    ASSERT_EQ(rng.below(bound), static_cast<Index>(((high << 32) | low) % (1ull << 40)));
  }
  Index largest = 0;
  for (int i = 0; i < 100; ++i) largest = std::max(largest, rng.below(INT64_MAX));
  EXPECT_GT(largest, INT64_MAX / 2);
}

TEST(Rng, Uniform) {
  Rng a(9), b(9);
  double sum = 0, squares = 0;
  for (int i = 0; i < 20000; ++i) {
    double x = a.uniform(-2, 6);
    ASSERT_GE(x, -2);
    ASSERT_LT(x, 6);
    ASSERT_EQ(x, -2 + 8 * b.rand());
    sum += x, squares += x * x;
  }
  double mean = sum / 20000, variance = squares / 20000 - mean * mean;
  EXPECT_NEAR(mean, 2, 5 * std::sqrt(64.0 / 12 / 20000));
  EXPECT_NEAR(variance, 64.0 / 12, 0.1);
}

TEST(Rng, UniformStaysBelowItsUpperEnd) {
  Rng rng(1);
  const double high = std::nextafter(1.0, 2.0);  // half of the sums round to it
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(rng.uniform(1, high), 1);
    EXPECT_LT(rng.uniform(-1e16, 3), 3);
    EXPECT_GT(rng.uniform(3, -1e16), -1e16);
    EXPECT_EQ(rng.uniform(2, 2), 2);
  }
}

TEST(Rng, NormalAgreesWithRandn) {
  Rng own(9), numpy(9);
  double sum = 0, squares = 0;
  for (int i = 0; i < 20000; ++i) {
    double z = own.normal(), expected = numpy.randn();
    ASSERT_NEAR(z, expected, 1e-14 * std::max(1.0, std::abs(expected)));
    sum += z, squares += z * z;
  }
  EXPECT_NEAR(sum / 20000, 0, 5 / std::sqrt(20000.0));
  EXPECT_NEAR(squares / 20000, 1, 5 * std::sqrt(2.0 / 20000));
  Rng a(4), b(4);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(a.normal(10, 3), 10 + 3 * b.normal());
}

TEST(Rng, OwnNumbersToTheBit) {
  Rng rng(2024);
  for (double expected : {0x1.ab052635371a6p+0, 0x1.7985a428626a8p-1, -0x1.9cbfd3e69067dp-3,
                          -0x1.351152b8611dep-3, 0x1.d504be14c469p-1, 0x1.290b5cf39c56ap+0})
    EXPECT_EQ(rng.normal(), expected);
  for (double expected : {0x1.ca6f9dbbe845cp-1, 0x1.961c1f089c308p-1, -0x1.d8de74de174f4p-1})
    EXPECT_EQ(rng.uniform(-1, 3), expected);
  for (Index expected : {202, 622, 351, 367, 523}) EXPECT_EQ(rng.below(1000), expected);
  Rng stream = Rng(2024).stream("weights");
  for (std::uint32_t expected : {1927937169u, 3829308545u, 803571933u})
    EXPECT_EQ(stream.next_u32(), expected);
  EXPECT_EQ(Rng(2024).stream("a").stream("b").next_u32(), 1307576292u);
}

TEST(Rng, StreamsDependOnSeedAndNameAlone) {
  Rng fresh(5), drawn(5);
  for (int i = 0; i < 1000; ++i) drawn.rand();
  EXPECT_EQ(fresh.stream("data").next_u32(), drawn.stream("data").next_u32());
  std::vector<std::uint32_t> first;
  for (const char* name : {"data", "weights", "split", "", "Data"})
    first.push_back(fresh.stream(name).next_u32());
  first.push_back(fresh.next_u32());
  first.push_back(Rng(6).stream("data").next_u32());
  std::sort(first.begin(), first.end());
  EXPECT_EQ(std::unique(first.begin(), first.end()), first.end());
}

TEST(Rng, StreamsOfStreams) {
  Rng rng(5);
  std::vector<std::uint32_t> first{
      rng.stream("a").next_u32(),
      rng.stream("a").stream("b").next_u32(),
      rng.stream("b").stream("a").next_u32(),
      rng.stream("a").stream("a").stream("c").next_u32(),
      rng.stream("a").stream("b").stream("c").next_u32(),
      rng.stream("b").stream("a").stream("c").next_u32(),
      rng.stream("c").next_u32(),
  };
  std::sort(first.begin(), first.end());
  EXPECT_EQ(std::unique(first.begin(), first.end()), first.end());
}

TEST(Rng, StreamsAreNotCorrelated) {
  Rng a = Rng(0).stream("one"), b = Rng(0).stream("two"), c(0);
  double ab = 0, ac = 0;
  for (int i = 0; i < 10000; ++i) {
    double x = a.uniform(-1, 1), y = b.uniform(-1, 1), z = c.uniform(-1, 1);
    ab += x * y, ac += x * z;
  }
  EXPECT_NEAR(ab / 10000, 0, 5.0 / 3 / 100);
  EXPECT_NEAR(ac / 10000, 0, 5.0 / 3 / 100);
}

TEST(Rng, CopiesGoOnAlike) {
  Rng a(8);
  a.randn();
  Rng b = a;
  EXPECT_EQ(a.randn(), b.randn());
  EXPECT_EQ(a.next_u32(), b.next_u32());
}

TEST(Rng, GoesOnFromItsStateToTheBit) {
  Rng a(5), b(0);
  a.randn();  // has a second number in store
  a.normal();
  for (int i = 0; i < 700; ++i) a.next_u32();
  b.set_state(a.state());
  EXPECT_EQ(a.randn(), b.randn());
  EXPECT_EQ(a.normal(), b.normal());
  for (int i = 0; i < 700; ++i) EXPECT_EQ(a.next_u32(), b.next_u32());
  EXPECT_EQ(a.stream("x").next_u32(), b.stream("x").next_u32());
  EXPECT_EQ(b.seed(), 5u);
}

TEST(Rng, AStateOfNoGeneratorIsRefusedAndChangesNothing) {
  Rng a(5);
  const std::string state = a.state();
  for (const std::string& bad :
       {std::string(), state + " ", state + " 1", state.substr(0, state.size() - 11), "-" + state,
        "5 625" + state.substr(5), "5 624 2" + state.substr(7), "x" + state}) {
    EXPECT_THROW(a.set_state(bad), DataError) << bad.substr(0, 20);
    EXPECT_EQ(a.state(), state);
  }
}

}  // namespace
}  // namespace nn::test
