#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "kernels/table.hpp"

/// What the tests of the kernels on plain arrays share: every kernel in every instruction set gives
/// the bits of its definition, for every length, and writes nothing behind the end.
namespace nn { inline namespace NN_PRECISION { namespace kernels {

using Values = std::vector<Scalar>;
constexpr Scalar kNaN = std::numeric_limits<Scalar>::quiet_NaN();
constexpr Scalar kInfinity = std::numeric_limits<Scalar>::infinity();
constexpr Scalar kUntouched = 77;

const Table& emulated_table();

/// Every table of this build, each with a name of its own, and the emulated one.
inline std::vector<NamedTable> tested_tables() {
  std::vector<NamedTable> tables = all_tables();
  bool runs_emulated = true;
#ifdef __x86_64__
  runs_emulated = __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2");
  tables.back().name = "scalar_without_fma";
#endif
  tables.push_back({"emulated", runs_emulated ? &emulated_table() : nullptr});
  return tables;
}

inline std::string name_of(const testing::TestParamInfo<NamedTable>& table) {
  return table.param.name;
}

/// Numbers in [low, high] that look drawn.
inline Values numbers(Index n, std::uint64_t seed, double low, double high) {
  Values values;
  std::uint64_t state = seed;
  for (Index i = 0; i < n; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    values.push_back(
        static_cast<Scalar>(low + (high - low) * static_cast<double>(state >> 11) * 0x1p-53));
  }
  return values;
}

/// A sum in the order that gemm() promises: blocks of 512 steps, groups of 32 blocks.
inline Scalar ordered_sum(Scalar alpha, const Scalar* a, Index a_step, const Scalar* b,
                          Index b_step, Index k) {
  Scalar sum = 0, group = 0;
  for (Index block = 0; 512 * block < k; ++block) {
    Scalar s = 0;
    for (Index p = 512 * block; p < std::min(k, 512 * (block + 1)); ++p)
      s = std::fma(alpha * a[p * a_step], b[p * b_step], s);
    group = block % 32 == 0 ? s : group + s;
    if (block % 32 == 31 || 512 * (block + 1) >= k) sum = block < 32 ? group : sum + group;
  }
  return sum;
}

inline ::testing::AssertionResult same_bits(const Values& got, const Values& expected) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    const bool both_nan = std::isnan(got[i]) && std::isnan(expected[i]);
    const bool same = got[i] == expected[i] && std::signbit(got[i]) == std::signbit(expected[i]);
    if (!both_nan && !same)
      return ::testing::AssertionFailure() << got[i] << " for " << expected[i] << " at " << i;
  }
  return ::testing::AssertionSuccess();
}

/// A test of each table.
class TableTest : public testing::TestWithParam<NamedTable> {
 protected:
  void SetUp() override {
    if (!GetParam().table) GTEST_SKIP() << "this CPU has no " << GetParam().name;
  }
  const Table& table() const { return *GetParam().table; }
};

}}}  // namespace nn::NN_PRECISION::kernels
