// Vectors of 64 bytes: AVX-512F alone. See vec_portable.inl for what each operation does.
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the undefined sources inside its own intrinsics for a mistake of ours.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>

#ifdef NN_DOUBLE
#define NN_REGISTER __m512d
#define NN_MM(op) _mm512_##op##_pd
#define NN_EPI(op) _mm512_##op##_epi64
#define NN_CMP(a, b, how) _mm512_cmp_pd_mask(a, b, how)
#define NN_CAST_INT(x) _mm512_castpd_si512(x)
#define NN_CAST_FLOAT(x) _mm512_castsi512_pd(x)
#else
#define NN_REGISTER __m512
#define NN_MM(op) _mm512_##op##_ps
#define NN_EPI(op) _mm512_##op##_epi32
#define NN_CMP(a, b, how) _mm512_cmp_ps_mask(a, b, how)
#define NN_CAST_INT(x) _mm512_castps_si512(x)
#define NN_CAST_FLOAT(x) _mm512_castsi512_ps(x)
#endif
#include "kernels/vec_x86.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

#ifdef NN_DOUBLE
using Mask = __mmask8;
#else
using Mask = __mmask16;
#endif

struct Cmp {
  Mask mask;
};
struct Lanes {
  Mask mask;
};

constexpr int kWidth = 64 / sizeof(Scalar);
// Of tiles one vector wide, g++ 12 keeps no more than 16 rows in registers.
constexpr int kRows1 = 16, kRows2 = 14, kRows3 = 9;

NN_VECTOR_FUNCTION Lanes first_lanes(int count) {
  Mask mask = static_cast<Mask>((1u << count) - 1u);
  asm("" : "+Yk"(mask));  // or g++ fetches it from memory for each use
  return {mask};
}

NN_VECTOR_FUNCTION Vec load_lanes(const Scalar* p, Lanes lanes) {
  return {NN_MM(maskz_loadu)(lanes.mask, p)};
}
NN_VECTOR_FUNCTION void store_lanes(Scalar* p, Vec x, Lanes lanes) {
  NN_MM(mask_storeu)(p, lanes.mask, x.v);
}

NN_VECTOR_FUNCTION Cmp less(Vec a, Vec b) { return {NN_CMP(a.v, b.v, _CMP_LT_OQ)}; }
NN_VECTOR_FUNCTION Cmp equal(Vec a, Vec b) { return {NN_CMP(a.v, b.v, _CMP_EQ_OQ)}; }
NN_VECTOR_FUNCTION Vec select(Cmp c, Vec a, Vec b) { return {NN_MM(mask_blend)(c.mask, b.v, a.v)}; }

NN_VECTOR_FUNCTION Cmp larger_or_nan(Vec a, Vec b) {
  const Mask number = NN_CMP(b.v, b.v, _CMP_ORD_Q);
  return {static_cast<Mask>(number & NN_CMP(a.v, b.v, _CMP_NLE_UQ))};
}
NN_VECTOR_FUNCTION bool any(Cmp c) { return c.mask != 0; }
NN_VECTOR_FUNCTION bool all(Cmp c) { return c.mask == static_cast<Mask>(-1); }

/// x 2^n for an integer n, rounded once. Other instruction sets take several steps: math.inl.
#define NN_HAS_LDEXP
NN_VECTOR_FUNCTION Vec ldexp(Vec x, Vec n) { return {NN_MM(scalef)(x.v, n.v)}; }

NN_VECTOR_FUNCTION Vec bit_and(Vec a, Vec b) {
  return {NN_CAST_FLOAT(_mm512_and_si512(NN_CAST_INT(a.v), NN_CAST_INT(b.v)))};
}
NN_VECTOR_FUNCTION Vec bit_or(Vec a, Vec b) {
  return {NN_CAST_FLOAT(_mm512_or_si512(NN_CAST_INT(a.v), NN_CAST_INT(b.v)))};
}
NN_VECTOR_FUNCTION Register join(const Quarter (&parts)[4]) {
#ifdef NN_DOUBLE
  __m512 x = _mm512_castps128_ps512(_mm_castpd_ps(parts[0]));
  x = _mm512_insertf32x4(x, _mm_castpd_ps(parts[1]), 1);
  x = _mm512_insertf32x4(x, _mm_castpd_ps(parts[2]), 2);
  return _mm512_castps_pd(_mm512_insertf32x4(x, _mm_castpd_ps(parts[3]), 3));
#else
  __m512 x = _mm512_castps128_ps512(parts[0]);
  x = _mm512_insertf32x4(x, parts[1], 1);
  x = _mm512_insertf32x4(x, parts[2], 2);
  return _mm512_insertf32x4(x, parts[3], 3);
#endif
}

NN_VECTOR_FUNCTION void split(Register x, Quarter (&parts)[4]) {
#ifdef NN_DOUBLE
  const __m512 y = _mm512_castpd_ps(x);
  parts[0] = _mm_castps_pd(_mm512_castps512_ps128(y));
  parts[1] = _mm_castps_pd(_mm512_extractf32x4_ps(y, 1));
  parts[2] = _mm_castps_pd(_mm512_extractf32x4_ps(y, 2));
  parts[3] = _mm_castps_pd(_mm512_extractf32x4_ps(y, 3));
#else
  parts[0] = _mm512_castps512_ps128(x);
  parts[1] = _mm512_extractf32x4_ps(x, 1);
  parts[2] = _mm512_extractf32x4_ps(x, 2);
  parts[3] = _mm512_extractf32x4_ps(x, 3);
#endif
}

#ifdef NN_DOUBLE
struct Sums {
  __m512d v;
};
NN_VECTOR_FUNCTION Sums no_sums() { return {_mm512_setzero_pd()}; }
NN_VECTOR_FUNCTION void add_to(Sums& sums, Vec x) { sums.v = _mm512_add_pd(sums.v, x.v); }
NN_VECTOR_FUNCTION Vec rounded(Sums sums) { return {sums.v}; }
NN_VECTOR_FUNCTION void store(double* to, Sums sums) { _mm512_storeu_pd(to, sums.v); }
#else
struct Sums {
  __m512d low, high;
};
NN_VECTOR_FUNCTION Sums no_sums() { return {_mm512_setzero_pd(), _mm512_setzero_pd()}; }
NN_VECTOR_FUNCTION __m512d widened(__m256d half) { return _mm512_cvtps_pd(_mm256_castpd_ps(half)); }
NN_VECTOR_FUNCTION void add_to(Sums& sums, Vec x) {
  const __m512d halves = _mm512_castps_pd(x.v);
  sums.low = _mm512_add_pd(sums.low, widened(_mm512_castpd512_pd256(halves)));
  sums.high = _mm512_add_pd(sums.high, widened(_mm512_extractf64x4_pd(halves, 1)));
}
NN_VECTOR_FUNCTION Vec rounded(Sums sums) {
  const __m512d low = _mm512_castpd256_pd512(_mm256_castps_pd(_mm512_cvtpd_ps(sums.low)));
  const __m256d high = _mm256_castps_pd(_mm512_cvtpd_ps(sums.high));
  return {_mm512_castpd_ps(_mm512_insertf64x4(low, high, 1))};
}
NN_VECTOR_FUNCTION void store(double* to, Sums sums) {
  _mm512_storeu_pd(to, sums.low);
  _mm512_storeu_pd(to + 8, sums.high);
}
#endif

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
