// Vectors of NN_VECTOR_BYTES bytes (16, if the includer does not say) on any CPU, in the vector
// extension that GCC and Clang share. Includer sets NN_FMA_IS_A_CALL if the CPU has no such
// instruction. What is documented here holds for every file of vectors.
#include <cmath>
#include <cstdint>
#include <limits>

#ifndef NN_VECTOR_BYTES
#define NN_VECTOR_BYTES 16
#endif
#ifdef NN_FMA_IS_A_CALL
#define NN_FMA_FUNCTION __attribute__((noinline)) inline
#else
#define NN_FMA_FUNCTION NN_VECTOR_FUNCTION
#endif

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

#ifdef NN_DOUBLE
using Bits = std::uint64_t;
using Signed = std::int64_t;
#else
using Bits = std::uint32_t;
using Signed = std::int32_t;
#endif
typedef Scalar Register __attribute__((vector_size(NN_VECTOR_BYTES)));
typedef Bits BitsRegister __attribute__((vector_size(NN_VECTOR_BYTES)));
typedef Signed SignedRegister __attribute__((vector_size(NN_VECTOR_BYTES)));
typedef Scalar Unaligned
    __attribute__((vector_size(NN_VECTOR_BYTES), aligned(sizeof(Scalar)), may_alias));

struct Vec {
  Register v;
};
struct Cmp {  // all ones where true
  SignedRegister v;
};

constexpr int kWidth = NN_VECTOR_BYTES / sizeof(Scalar);

/// The highest tiles of a matrix product, 1, 2 and 3 vectors wide.
constexpr int kRows1 = NN_VECTOR_BYTES == 64 ? 16 : 12, kRows2 = NN_VECTOR_BYTES == 64 ? 14 : 6,
              kRows3 = NN_VECTOR_BYTES == 64 ? 9 : 4;

/// The first `count` lanes of a vector, 0 to kWidth: what the end of a row has.
struct Lanes {
  int count;
};
NN_VECTOR_FUNCTION Lanes first_lanes(int count) { return {count}; }

NN_VECTOR_FUNCTION Vec set1(Scalar x) { return {x - Register{}}; }
NN_VECTOR_FUNCTION Vec set1_bits(Bits x) {
  return {reinterpret_cast<Register>(x - BitsRegister{})};
}
NN_VECTOR_FUNCTION Vec load(const Scalar* p) { return {*reinterpret_cast<const Unaligned*>(p)}; }
NN_VECTOR_FUNCTION void store(Scalar* p, Vec x) { *reinterpret_cast<Unaligned*>(p) = x.v; }

/// Other lanes become 0; their memory is neither read nor written.
NN_VECTOR_FUNCTION Vec load_lanes(const Scalar* p, Lanes lanes) {
  Vec x{};
  for (int i = 0; i < lanes.count; ++i) x.v[i] = p[i];
  return x;
}
NN_VECTOR_FUNCTION void store_lanes(Scalar* p, Vec x, Lanes lanes) {
  for (int i = 0; i < lanes.count; ++i) p[i] = x.v[i];
}

NN_VECTOR_FUNCTION Vec add(Vec a, Vec b) { return {a.v + b.v}; }
NN_VECTOR_FUNCTION Vec sub(Vec a, Vec b) { return {a.v - b.v}; }
NN_VECTOR_FUNCTION Vec mul(Vec a, Vec b) { return {a.v * b.v}; }
NN_VECTOR_FUNCTION Vec div(Vec a, Vec b) { return {a.v / b.v}; }

#if defined(NN_FMA_IS_A_CALL) && !defined(NN_DOUBLE)
typedef double Wide __attribute__((vector_size(2 * NN_VECTOR_BYTES)));
typedef std::int64_t WideBits __attribute__((vector_size(2 * NN_VECTOR_BYTES)));

/// Rounds the sum of x and y, which is rounded to the nearest, to odd: the last bit of an inexact
/// one is 1. It has more than twice the bits of a float, so rounding it to float gives what one
/// rounding would (Boldo and Melquiond, IEEE Transactions on Computers 57(4), 2008).
NN_VECTOR_FUNCTION void round_to_odd(const Wide& x, const Wide& y, Wide& sum) {
  const Wide part = sum - x, error = (x - (sum - part)) + (y - part);  // exact (Knuth)
  const WideBits bits = reinterpret_cast<WideBits>(sum);
  const WideBits towards =
      (bits ^ reinterpret_cast<WideBits>(error)) >> 63 | 1;  // 1 is away from 0
  const WideBits inexact = (error < 0) | (error > 0);        // not if it is a NaN
  sum = reinterpret_cast<Wide>(bits + (towards & inexact & ((bits & 1) - 1)));
}

/// a * b + c, rounded once. In double the product is exact. Rounding the sum twice goes wrong only
/// where the first rounding ends halfway between two floats, or where these are subnormal.
NN_FMA_FUNCTION Vec fma(Vec a, Vec b, Vec c) {
  const Wide product = __builtin_convertvector(a.v, Wide) * __builtin_convertvector(b.v, Wide);
  const Wide term = __builtin_convertvector(c.v, Wide);
  Wide sum = product + term;
  const Register nearest = __builtin_convertvector(sum, Register);
  constexpr std::int64_t kBelowFloat = (std::int64_t{1} << 29) - 1;
  constexpr Scalar kNormal = std::numeric_limits<Scalar>::min();
  const WideBits halfway = (reinterpret_cast<WideBits>(sum) & kBelowFloat) == (kBelowFloat + 1) / 2;
  const SignedRegister small = (nearest <= kNormal) & (nearest >= -kNormal);
  std::int64_t lanes = 0;
  for (int i = 0; i < kWidth; ++i) lanes |= halfway[i] | small[i];
  if (lanes == 0) return {nearest};
  round_to_odd(product, term, sum);
  return {__builtin_convertvector(sum, Register)};
}
#else
/// a * b + c, rounded once.
NN_FMA_FUNCTION Vec fma(Vec a, Vec b, Vec c) {
  Vec r{};
  for (int i = 0; i < kWidth; ++i) {
#ifdef NN_DOUBLE
    r.v[i] = __builtin_fma(a.v[i], b.v[i], c.v[i]);
#else
    r.v[i] = __builtin_fmaf(a.v[i], b.v[i], c.v[i]);
#endif
  }
  return r;
}
#endif

/// c - a * b, rounded once.
NN_VECTOR_FUNCTION Vec fnma(Vec a, Vec b, Vec c) { return fma({-a.v}, b, c); }

NN_VECTOR_FUNCTION Vec sqrt(Vec a) {
  Vec r{};
  for (int i = 0; i < kWidth; ++i) r.v[i] = std::sqrt(a.v[i]);
  return r;
}

NN_VECTOR_FUNCTION Cmp less(Vec a, Vec b) { return {a.v < b.v}; }  // false for NaN
NN_VECTOR_FUNCTION Cmp equal(Vec a, Vec b) { return {a.v == b.v}; }
NN_VECTOR_FUNCTION Vec select(Cmp c, Vec a, Vec b) {  // c ? a : b
  return {reinterpret_cast<Register>((c.v & reinterpret_cast<SignedRegister>(a.v)) |
                                     (~c.v & reinterpret_cast<SignedRegister>(b.v)))};
}
NN_VECTOR_FUNCTION Vec min(Vec a, Vec b) { return select(less(a, b), a, b); }  // b if one is NaN
NN_VECTOR_FUNCTION Vec max(Vec a, Vec b) { return select(less(b, a), a, b); }

/// Whether a is larger than b, or a NaN and b is none.
// NOLINTNEXTLINE(misc-redundant-expression): b.v == b.v is false for NaN
NN_VECTOR_FUNCTION Cmp larger_or_nan(Vec a, Vec b) { return {(b.v == b.v) & ~(a.v <= b.v)}; }
NN_VECTOR_FUNCTION bool any(Cmp c) {
  Signed lanes = 0;
  for (int i = 0; i < kWidth; ++i) lanes |= c.v[i];
  return lanes != 0;
}
NN_VECTOR_FUNCTION bool all(Cmp c) { return !any({~c.v}); }

NN_VECTOR_FUNCTION Vec bit_and(Vec a, Vec b) {
  return {reinterpret_cast<Register>(reinterpret_cast<BitsRegister>(a.v) &
                                     reinterpret_cast<BitsRegister>(b.v))};
}
NN_VECTOR_FUNCTION Vec bit_or(Vec a, Vec b) {
  return {reinterpret_cast<Register>(reinterpret_cast<BitsRegister>(a.v) |
                                     reinterpret_cast<BitsRegister>(b.v))};
}
/// Sum of the bit patterns as integers, modulo 2^32 (2^64).
NN_VECTOR_FUNCTION Vec bits_add(Vec a, Vec b) {
  return {reinterpret_cast<Register>(reinterpret_cast<BitsRegister>(a.v) +
                                     reinterpret_cast<BitsRegister>(b.v))};
}
template <int kCount>
NN_VECTOR_FUNCTION Vec shift_left(Vec a) {
  return {reinterpret_cast<Register>(reinterpret_cast<BitsRegister>(a.v) << kCount)};
}
template <int kCount>
NN_VECTOR_FUNCTION Vec shift_right(Vec a) {  // zeros come in
  return {reinterpret_cast<Register>(reinterpret_cast<BitsRegister>(a.v) >> kCount)};
}

/// A sum in double for each lane.
struct Sums {
  double v[kWidth];
};
NN_VECTOR_FUNCTION Sums no_sums() { return {}; }
NN_VECTOR_FUNCTION void add_to(Sums& sums, Vec x) {
  for (int i = 0; i < kWidth; ++i) sums.v[i] += static_cast<double>(x.v[i]);
}
NN_VECTOR_FUNCTION Vec rounded(Sums sums) {
  Vec x{};
  for (int i = 0; i < kWidth; ++i) x.v[i] = static_cast<Scalar>(sums.v[i]);
  return x;
}
NN_VECTOR_FUNCTION void store(double* to, Sums sums) {
  for (int i = 0; i < kWidth; ++i) to[i] = sums.v[i];
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
