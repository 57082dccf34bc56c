#pragma once

#include "nn/core/scalar.hpp"

/// The kernels: plain loops on plain pointers, one version per instruction set, chosen at run time.
/// Private to lib/. Every version gives the same bits (docs/reproducibility.md).
namespace nn::inline NN_PRECISION::kernels {

/// A strided matrix: element (i, j) is data[i * row_stride + j * col_stride]. Strides may be 0 or
/// negative; a transpose is the same data with its strides swapped.
template <class T>
struct MatrixView {
  T* data;
  Index row_stride;
  Index col_stride;
};
using Matrix = MatrixView<Scalar>;
using ConstMatrix = MatrixView<const Scalar>;

/// The steps of one block, and of one group of blocks, in the sums of gemm().
constexpr Index kBlockSteps = 512;
constexpr Index kGroupSteps = 32 * kBlockSteps;

/// C (m, n) = alpha A (m, k) B (k, n) + beta C + bias, after BLAS's gemm.
/// The order of the sum is part of the contract. For every element (i, j), alone:
///     a block is kBlockSteps steps in order:  s = fma(alpha * A[i, p], B[p, j], s), from s = 0
///     a group is the sum of its blocks in order, starting from the first
///     S is the sum of the groups in order, starting from the first; 0 if k = 0
///     C[i, j] = (S + beta * C[i, j]) + bias[j], each operation rounded
/// Blocks and groups are counted from p = 0; the last may be shorter. Where beta is 0, C is not
/// read and S stands alone. bias may be null; it is one row of n values, contiguous.
/// The order is the same whatever the instruction set, the blocking and the number of threads.
/// m, n or k may be 0 (no pointer is then read that need not be). C must not overlap A, B or bias.
void gemm(Index m, Index n, Index k, Scalar alpha, ConstMatrix a, ConstMatrix b, Scalar beta,
          Matrix c, const Scalar* bias = nullptr);

/// y[i] = f(x[i]) for i in [0, n), contiguous; y == x is allowed, other overlap is not. Right at
/// infinities, NaN, signed zeros and subnormal numbers; the caller's FPU state is left alone.
void exp(Index n, const Scalar* x, Scalar* y);
void log(Index n, const Scalar* x, Scalar* y);
void tanh(Index n, const Scalar* x, Scalar* y);
void sigmoid(Index n, const Scalar* x, Scalar* y);  // 1 / (1 + e^-x)
void relu(Index n, const Scalar* x, Scalar* y);     // 0 where x < 0, else x

/// dx[i] = delta[i] f'(x[i]) by the function's value z[i] = f(x[i]), contiguous.
void tanh_backward(Index n, const Scalar* delta, const Scalar* z, Scalar* dx);  // delta (1 - z z)
void sigmoid_backward(Index n, const Scalar* delta, const Scalar* z,
                      Scalar* dx);                                              // delta (z (1 - z))
void relu_backward(Index n, const Scalar* delta, const Scalar* z, Scalar* dx);  // 0 unless z > 0

/// Binary cross-entropy of target t, for a probability p (logarithms not below -100) and for its
/// logit z, and the derivatives with respect to p and z, contiguous:
///     -(t ln p + (1 - t) ln(1 - p)),  (p - t) / max(p (1 - p), 1e-12)
///     max(z, 0) - z t + ln(1 + e^-|z|),  sigmoid(z) - t
void bce(Index n, const Scalar* t, const Scalar* p, Scalar* cost);
void bce_backward(Index n, const Scalar* t, const Scalar* p, Scalar* dp);
void bce_with_logits(Index n, const Scalar* t, const Scalar* z, Scalar* cost);
void bce_with_logits_backward(Index n, const Scalar* t, const Scalar* z, Scalar* dz);
/// Both of the last two, with one exponential.
void bce_with_logits_both(Index n, const Scalar* t, const Scalar* z, Scalar* cost, Scalar* dz);

/// y (rows) = the sums of `rows` rows of n contiguous numbers, added up in double in order.
void row_sums(Index rows, Index n, const Scalar* x, Scalar* y);

/// Of each of `rows` rows of n contiguous numbers, with m its largest and s the sum of its
/// e^(x - m), added up in double in order and rounded:
///     p = e^(x - m) / s            log_p = (x - m) - ln s
/// either of which may be null. A row with a NaN or an infinity above all is NaN. No two overlap.
void softmax(Index rows, Index n, const Scalar* x, Scalar* p, Scalar* log_p);

/// The smallest and the largest of n contiguous numbers, NaN left out; low > high if none is left.
struct Range {
  Scalar low, high;
};
Range range(Index n, const Scalar* x);

/// Windows side by side on images: row y of window q is `length` numbers in the images from
/// q window_step + y row_step on. Laid out, row follows row and window window.
struct Runs {
  Index windows, rows, length, window_step, row_step;
};
/// Lays the windows out.
void copy_runs(const Runs& runs, const Scalar* images, Scalar* windows);
/// Adds them to the images, from the last window to the first.
void add_runs(const Runs& runs, const Scalar* windows, Scalar* images);

/// Pooling windows side by side on images, each channel alone. Element (i, j) of window q, channel
/// c is at q window_step + i row_step + j channels + c in the images, and its place is first_place
/// + i place_step + j; the window's result is at q channels + c.
struct PoolLine {
  Index windows, rows, columns, channels, window_step, row_step, first_place, place_step;
};
/// The largest element of each window, or the first NaN, and its place; the first of equals.
void max_pool(const PoolLine& line, const Scalar* x, Scalar* best, Scalar* places);
/// dx += delta at its place, window after window; if `only`, dx = delta there and 0 elsewhere.
void max_pool_backward(const PoolLine& line, const Scalar* delta, const Scalar* places, bool only,
                       Scalar* dx);

/// y[i] += alpha x[i], the product rounded before the sum; y == x is allowed.
void axpy(Index n, Scalar alpha, const Scalar* x, Scalar* y);

/// One step of Adam on contiguous numbers, each operation rounded:
///     m = beta1 m + gain1 g,  v = beta2 v + gain2 (g g),  w -= rate (m / (sqrt(v) / root +
///     epsilon))
struct AdamStep {
  Scalar beta1, gain1, beta2, gain2, root, epsilon, rate;
};
void adam(Index n, const AdamStep& step, const Scalar* g, Scalar* m, Scalar* v, Scalar* w);

/// The instruction set in use: "scalar", "avx2" or "avx512". The environment variable NN_ISA, read
/// at the first use, forces one: any other value, or one that this CPU or build lacks, throws
/// ArgumentError.
const char* isa();

}  // namespace nn::inline NN_PRECISION::kernels
