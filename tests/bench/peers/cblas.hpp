#pragma once

/// The two functions of the C interface to BLAS that are measured, the same in every library.
extern "C" {
void cblas_sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                 const float* a, int lda, const float* b, int ldb, float beta, float* c, int ldc);
void cblas_sgemv(int order, int transpose, int m, int n, float alpha, const float* a, int lda,
                 const float* x, int step_x, float beta, float* y, int step_y);
}

constexpr int kRowMajor = 101, kPlain = 111, kTransposed = 112;
