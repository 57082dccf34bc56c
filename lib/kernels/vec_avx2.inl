// Vectors of 32 bytes: AVX2 and FMA. See vec_portable.inl for what each operation does.
#include <immintrin.h>

#ifdef NN_DOUBLE
#define NN_REGISTER __m256d
#define NN_MM(op) _mm256_##op##_pd
#define NN_EPI(op) _mm256_##op##_epi64
#define NN_INT(op) _mm256_##op##_si256
#define NN_CAST_INT(x) _mm256_castpd_si256(x)
#define NN_CAST_FLOAT(x) _mm256_castsi256_pd(x)
#else
#define NN_REGISTER __m256
#define NN_MM(op) _mm256_##op##_ps
#define NN_EPI(op) _mm256_##op##_epi32
#define NN_INT(op) _mm256_##op##_si256
#define NN_CAST_INT(x) _mm256_castps_si256(x)
#define NN_CAST_FLOAT(x) _mm256_castsi256_ps(x)
#endif
#include "kernels/vec_x86.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

using Cmp = Vec;  // all ones where true

constexpr int kWidth = 32 / sizeof(Scalar);
constexpr int kRows1 = 12, kRows2 = 6, kRows3 = 4;

struct Lanes {
  __m256i mask;
  int count;
};

NN_VECTOR_FUNCTION Lanes first_lanes(int count) {
#ifdef NN_DOUBLE
  const __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);
  return {_mm256_cmpgt_epi64(_mm256_set1_epi64x(count), lane), count};
#else
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return {_mm256_cmpgt_epi32(_mm256_set1_epi32(count), lane), count};
#endif
}

NN_VECTOR_FUNCTION Vec load_lanes(const Scalar* p, Lanes lanes) {
  return {NN_MM(maskload)(p, lanes.mask)};
}

// In pieces: a masked store takes tens of cycles on AMD's cores.
NN_VECTOR_FUNCTION void store_lanes(Scalar* p, Vec x, Lanes lanes) {
  if (lanes.count == kWidth) return store(p, x);
#ifdef NN_DOUBLE
  __m128d half = _mm256_castpd256_pd128(x.v);
  if (lanes.count & 2) {
    _mm_storeu_pd(p, half);
    half = _mm256_extractf128_pd(x.v, 1);
    p += 2;
  }
  if (lanes.count & 1) _mm_store_sd(p, half);
#else
  __m128 half = _mm256_castps256_ps128(x.v);
  if (lanes.count & 4) {
    _mm_storeu_ps(p, half);
    half = _mm256_extractf128_ps(x.v, 1);
    p += 4;
  }
  if (lanes.count & 2) {
    _mm_storel_pi(reinterpret_cast<__m64*>(p), half);
    half = _mm_movehl_ps(half, half);
    p += 2;
  }
  if (lanes.count & 1) _mm_store_ss(p, half);
#endif
}

NN_VECTOR_FUNCTION Cmp less(Vec a, Vec b) { return {NN_MM(cmp)(a.v, b.v, _CMP_LT_OQ)}; }
NN_VECTOR_FUNCTION Cmp equal(Vec a, Vec b) { return {NN_MM(cmp)(a.v, b.v, _CMP_EQ_OQ)}; }
NN_VECTOR_FUNCTION Vec select(Cmp c, Vec a, Vec b) { return {NN_MM(blendv)(b.v, a.v, c.v)}; }

NN_VECTOR_FUNCTION Cmp larger_or_nan(Vec a, Vec b) {
  return {NN_MM(and)(NN_MM(cmp)(b.v, b.v, _CMP_ORD_Q), NN_MM(cmp)(a.v, b.v, _CMP_NLE_UQ))};
}
NN_VECTOR_FUNCTION bool any(Cmp c) { return NN_MM(movemask)(c.v) != 0; }
NN_VECTOR_FUNCTION bool all(Cmp c) { return NN_MM(movemask)(c.v) == (1 << kWidth) - 1; }

NN_VECTOR_FUNCTION Vec bit_and(Vec a, Vec b) { return {NN_MM(and)(a.v, b.v)}; }
NN_VECTOR_FUNCTION Vec bit_or(Vec a, Vec b) { return {NN_MM(or)(a.v, b.v)}; }
NN_VECTOR_FUNCTION Register join(const Quarter (&parts)[2]) {
#ifdef NN_DOUBLE
  return _mm256_insertf128_pd(_mm256_castpd128_pd256(parts[0]), parts[1], 1);
#else
  return _mm256_insertf128_ps(_mm256_castps128_ps256(parts[0]), parts[1], 1);
#endif
}

NN_VECTOR_FUNCTION void split(Register x, Quarter (&parts)[2]) {
#ifdef NN_DOUBLE
  parts[0] = _mm256_castpd256_pd128(x);
  parts[1] = _mm256_extractf128_pd(x, 1);
#else
  parts[0] = _mm256_castps256_ps128(x);
  parts[1] = _mm256_extractf128_ps(x, 1);
#endif
}

#ifdef NN_DOUBLE
struct Sums {
  __m256d v;
};
NN_VECTOR_FUNCTION Sums no_sums() { return {_mm256_setzero_pd()}; }
NN_VECTOR_FUNCTION void add_to(Sums& sums, Vec x) { sums.v = _mm256_add_pd(sums.v, x.v); }
NN_VECTOR_FUNCTION Vec rounded(Sums sums) { return {sums.v}; }
NN_VECTOR_FUNCTION void store(double* to, Sums sums) { _mm256_storeu_pd(to, sums.v); }
#else
struct Sums {
  __m256d low, high;
};
NN_VECTOR_FUNCTION Sums no_sums() { return {_mm256_setzero_pd(), _mm256_setzero_pd()}; }
NN_VECTOR_FUNCTION void add_to(Sums& sums, Vec x) {
  sums.low = _mm256_add_pd(sums.low, _mm256_cvtps_pd(_mm256_castps256_ps128(x.v)));
  sums.high = _mm256_add_pd(sums.high, _mm256_cvtps_pd(_mm256_extractf128_ps(x.v, 1)));
}
NN_VECTOR_FUNCTION Vec rounded(Sums sums) {
  return {join({_mm256_cvtpd_ps(sums.low), _mm256_cvtpd_ps(sums.high)})};
}
NN_VECTOR_FUNCTION void store(double* to, Sums sums) {
  _mm256_storeu_pd(to, sums.low);
  _mm256_storeu_pd(to + 4, sums.high);
}
#endif

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
