#include "nn/core/philox.hpp"

#include <gtest/gtest.h>

namespace nn::test { namespace {

// The answers that Random123 1.14 publishes for philox4x32, 10 rounds.
TEST(Philox, GivesThePublishedAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox4x32({ones, ones, ones, ones}, {ones, ones}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomKey, DependsOnAllItHolds) {
  const RandomKey key{1, 2, 3, 0};
  constexpr std::uint64_t high = std::uint64_t{1} << 32;
  for (const RandomKey& other :
       {RandomKey{2, 2, 3, 0}, RandomKey{1, 3, 3, 0}, RandomKey{1, 2, 4, 0},
        RandomKey{1 + high, 2, 3, 0}, RandomKey{1, 2 + high, 3, 0}, RandomKey{1, 2, 3 + high, 0}})
    EXPECT_NE(key.philox(), other.philox());
}

}}  // namespace nn::test
