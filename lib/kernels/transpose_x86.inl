// Transposes small squares with AVX registers, for every x86 instruction set from AVX2 up.
#include <immintrin.h>

namespace nn::inline NN_PRECISION::kernels {
namespace {

constexpr int kBlock = 32 / sizeof(Scalar);

/// to[step * to_step + lane] = rows[lane][step], lanes and steps 0 .. kBlock - 1.
NN_VECTOR_FUNCTION void transpose_block(const Scalar* const (&rows)[kBlock], Scalar* to,
                                        Index to_step) {
#ifdef NN_DOUBLE
  NN_UNROLL
  for (int half = 0; half < 2; ++half) {
    __m256d x[2];
    NN_UNROLL
    for (int i = 0; i < 2; ++i)
      x[i] = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(rows[i] + 2 * half)),
                                  _mm_loadu_pd(rows[i + 2] + 2 * half), 1);
    Scalar* out = to + 2 * half * to_step;
    _mm256_storeu_pd(out, _mm256_unpacklo_pd(x[0], x[1]));
    _mm256_storeu_pd(out + to_step, _mm256_unpackhi_pd(x[0], x[1]));
  }
#else
  NN_UNROLL
  for (int half = 0; half < 2; ++half) {
    __m256 x[4];
    NN_UNROLL
    for (int i = 0; i < 4; ++i)
      x[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(rows[i] + 4 * half)),
                                  _mm_loadu_ps(rows[i + 4] + 4 * half), 1);
    __m256 low01 = _mm256_unpacklo_ps(x[0], x[1]), high01 = _mm256_unpackhi_ps(x[0], x[1]);
    __m256 low23 = _mm256_unpacklo_ps(x[2], x[3]), high23 = _mm256_unpackhi_ps(x[2], x[3]);
    Scalar* out = to + 4 * half * to_step;
    _mm256_storeu_ps(out, _mm256_shuffle_ps(low01, low23, 0x44));
    _mm256_storeu_ps(out + to_step, _mm256_shuffle_ps(low01, low23, 0xee));
    _mm256_storeu_ps(out + 2 * to_step, _mm256_shuffle_ps(high01, high23, 0x44));
    _mm256_storeu_ps(out + 3 * to_step, _mm256_shuffle_ps(high01, high23, 0xee));
  }
#endif
}

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
