// The operations that AVX2 and AVX-512 spell alike. The including file of vectors defines
//   NN_REGISTER, NN_MM(op)              its type, and its operations on Scalar
//   NN_EPI(op)                          its operations on integers as long as a Scalar
//   NN_CAST_INT(x), NN_CAST_FLOAT(x)    the register as one of integers, and back
#include <cstdint>

#include "kernels/kernels.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

using Register = NN_REGISTER;
#ifdef NN_DOUBLE
using Bits = std::uint64_t;
#else
using Bits = std::uint32_t;
#endif

struct Vec {
  Register v;
};

NN_VECTOR_FUNCTION Vec set1(Scalar x) { return {NN_MM(set1)(x)}; }
NN_VECTOR_FUNCTION Vec set1_bits(Bits x) { return set1(__builtin_bit_cast(Scalar, x)); }
NN_VECTOR_FUNCTION Vec load(const Scalar* p) { return {NN_MM(loadu)(p)}; }
NN_VECTOR_FUNCTION void store(Scalar* p, Vec x) { NN_MM(storeu)(p, x.v); }

NN_VECTOR_FUNCTION Vec add(Vec a, Vec b) { return {NN_MM(add)(a.v, b.v)}; }
NN_VECTOR_FUNCTION Vec sub(Vec a, Vec b) { return {NN_MM(sub)(a.v, b.v)}; }
NN_VECTOR_FUNCTION Vec mul(Vec a, Vec b) { return {NN_MM(mul)(a.v, b.v)}; }
NN_VECTOR_FUNCTION Vec div(Vec a, Vec b) { return {NN_MM(div)(a.v, b.v)}; }
NN_VECTOR_FUNCTION Vec fma(Vec a, Vec b, Vec c) { return {NN_MM(fmadd)(a.v, b.v, c.v)}; }
NN_VECTOR_FUNCTION Vec fnma(Vec a, Vec b, Vec c) { return {NN_MM(fnmadd)(a.v, b.v, c.v)}; }
NN_VECTOR_FUNCTION Vec sqrt(Vec a) { return {NN_MM(sqrt)(a.v)}; }
NN_VECTOR_FUNCTION Vec min(Vec a, Vec b) { return {NN_MM(min)(a.v, b.v)}; }
NN_VECTOR_FUNCTION Vec max(Vec a, Vec b) { return {NN_MM(max)(a.v, b.v)}; }

NN_VECTOR_FUNCTION Vec bits_add(Vec a, Vec b) {
  return {NN_CAST_FLOAT(NN_EPI(add)(NN_CAST_INT(a.v), NN_CAST_INT(b.v)))};
}
template <int kCount>
NN_VECTOR_FUNCTION Vec shift_left(Vec a) {
  return {NN_CAST_FLOAT(NN_EPI(slli)(NN_CAST_INT(a.v), kCount))};
}
template <int kCount>
NN_VECTOR_FUNCTION Vec shift_right(Vec a) {
  return {NN_CAST_FLOAT(NN_EPI(srli)(NN_CAST_INT(a.v), kCount))};
}

#define NN_HAS_QUARTERS  // of a vector, or its halves: 16 bytes
#ifdef NN_DOUBLE
#define NN_MM128(op) _mm_##op##_pd
using Quarter = __m128d;
#else
#define NN_MM128(op) _mm_##op##_ps
using Quarter = __m128;
#endif
using QuarterMask = __m128i;

NN_VECTOR_FUNCTION QuarterMask first_of_quarter(int count) {
#ifdef NN_DOUBLE
  return _mm_set_epi64x(-(count > 1), -(count > 0));
#else
  return _mm_cmpgt_epi32(_mm_set1_epi32(count), _mm_setr_epi32(0, 1, 2, 3));
#endif
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
