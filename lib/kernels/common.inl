// What the kernels of one instruction set share. Each .inl file includes what it needs; the source
// of the instruction set (avx2.cpp) defines
//   NN_TARGET         the attribute that enables the instruction set, everywhere
//   NN_VECTORS        the file of its vectors (vec_avx2.inl)
//   NN_TABLE, NN_ISA  the function that returns the table, and the table's name
// A function that takes or returns a Vec is NN_VECTOR_FUNCTION, always inlined: in a source that is
// compiled for CPUs without such registers, g++ passes half of one. Everything else has internal
// linkage: an inline function shared with other sources, compiled for an instruction set, could be
// the copy that the linker keeps for CPUs without that set.
#pragma once

#include "kernels/table.hpp"

#ifdef __FAST_MATH__
#error "-ffast-math changes the results: compile the library with -fno-fast-math"
#endif
#if __FLT_EVAL_METHOD__ != 0
#error "float and double must be rounded as such: on 32-bit x86, use -msse2 -mfpmath=sse"
#endif

#define NN_VECTOR_FUNCTION NN_TARGET __attribute__((always_inline)) inline
#define NN_UNROLL _Pragma("GCC unroll 16")
#include NN_VECTORS

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

NN_VECTOR_FUNCTION Index smaller(Index a, Index b) { return a < b ? a : b; }
NN_VECTOR_FUNCTION Index ceil_div(Index a, Index b) { return (a + b - 1) / b; }
NN_VECTOR_FUNCTION Index round_up(Index a, Index b) { return ceil_div(a, b) * b; }

// Tiles are high where there are 32 registers, not 16. Such CPUs have a larger second cache.
constexpr bool kHighTiles = kRows3 >= 8;

// Numbers in a line of memory and in the caches of a common CPU.
constexpr Index kLine = 64 / sizeof(Scalar);
constexpr Index kFirstCache = 32768 / sizeof(Scalar);
constexpr Index kSecondCache = (kHighTiles ? 1048576 : 524288) / sizeof(Scalar);

/// Whether so many lines of memory, `stride` numbers apart, are more than fit into the parts of a
/// cache (with eight lines to a set) where their distance puts them.
NN_VECTOR_FUNCTION bool is_crowd(Index lines, Index stride, Index cache) {
  const Index step = stride & -stride;  // the largest power of two that divides it
  return step >= kLine && lines * step > cache;
}

/// Asks caches for numbers [first, end) of these. Returns where to go on.
NN_VECTOR_FUNCTION Index ask_for(const Scalar* numbers, Index first, Index end) {
  for (; first < end; first += kLine) __builtin_prefetch(numbers + first);
  return first;
}

/// Loads or stores a vector of a row: `last` lanes of it at the row's end, all before.
template <bool kPartial>
NN_VECTOR_FUNCTION Vec load_end(const Scalar* p, bool end, Lanes last) {
  return kPartial && end ? load_lanes(p, last) : load(p);
}
template <bool kPartial>
NN_VECTOR_FUNCTION void store_end(Scalar* p, Vec x, bool end, Lanes last) {
  if (kPartial && end)
    store_lanes(p, x, last);
  else
    store(p, x);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
