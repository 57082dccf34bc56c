#pragma once

#include <cstdint>

#include "nn/core/philox.hpp"
#include "nn/core/scalar.hpp"
#include "nn/core/threads.hpp"

/// The kernels: plain loops on plain pointers, one version per instruction set, chosen at run time.
/// Every version gives the same bits. Private to lib/. See docs/adding_a_kernel.md.
namespace nn { inline namespace NN_PRECISION { namespace kernels {

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

/// The steps of one block, and of one group of blocks, in the sums of gemm(), see product.hpp.
constexpr Index kBlockSteps = 512;
constexpr Index kGroupSteps = 32 * kBlockSteps;

/// One step of Adam, each operation rounded:
///     m = beta1 m + gain1 g,  v = beta2 v + gain2 (g g),  w -= rate (m / (sqrt(v) / root +
///     epsilon))
struct AdamStep {
  Scalar beta1, gain1, beta2, gain2, root, epsilon, rate;
};

/// Softplus' options.
struct Bend {
  Scalar beta, threshold;
};

struct MinMax {
  Scalar min, max;
};

/// A line of convolution windows side by side on images: row y of window q is row_length numbers in
/// the images from q window_step + y row_step on.
struct ConvWindows {
  Index windows, rows, row_length, window_step, row_step;
};

/// A line of windows side by side on images, each channel alone. Element (i, j) of window q,
/// channel c is at q window_step + i row_step + j column_step + c, and its weight at (i columns +
/// j) channels + c. What belongs to the window is at q channels + c.
struct DepthwiseWindows {
  Index windows, rows, columns, channels, window_step, row_step, column_step;
};

/// A line of pooling windows side by side on images, each channel alone. Element (i, j) of window
/// q, channel c is at q window_step + i row_step + j channels + c in the images, and its place is
/// first_place + i place_step + j. The window's result is at q channels + c.
struct PoolWindows {
  Index windows, rows, columns, channels, window_step, row_step, first_place, place_step;
};

/// What normalises each column of a matrix, n numbers each: y = (x - mean) factor, z = y weight +
/// bias.
struct ColumnNorm {
  const Scalar *mean, *factor, *weight, *bias;
};
/// And back: dx = factor (delta - mean - y slope).
struct ColumnNormBackward {
  const Scalar *factor, *mean, *slope;
};
/// The same for each row: its own mean and variance v, y = (x - mean) / sqrt(v + epsilon).
struct RowNorm {
  double epsilon;
  const Scalar *weight, *bias;
};

/// Points of the plane, each with a weight.
struct Masses {
  const Scalar *x, *y, *weight;
  Index size;
};

struct Product;       // product.hpp
struct PieceProduct;  // product.hpp
struct TapProduct;    // product.hpp

/// The kernels of one instruction set. All numbers are contiguous and no two arrays overlap, unless
/// a kernel says otherwise. A kernel runs on the calling thread: in_parallel() shares its work.
/// Calling one on a CPU without the instruction set is an illegal instruction.
struct Table {
  const char* name;

  /// gemm() for one thread.
  void (*multiply)(const Product& product);
  void (*multiply_pieces)(const PieceProduct& product);
  /// For at least two taps, one line, and as many windows in it as taps. Returns false, and does
  /// nothing, where multiply_pieces() for each tap is faster.
  bool (*multiply_taps)(const TapProduct& product);
  /// c = a B + beta c + bias for one row c of n numbers, as gemm() defines it, within one block of
  /// steps; k, n >= 1. Number p of a is a[p a_step], row p of B begins at b + p b_step. bias may be
  /// null.
  void (*row_by_rows)(Index n, Index k, const Scalar* a, Index a_step, const Scalar* b,
                      Index b_step, Scalar beta, const Scalar* bias, Scalar* c);

  /// y[i] = f(x[i]) for i in [0, n); y may be x. Right at infinities, NaN, signed zeros and
  /// subnormal numbers.
  void (*exp)(Index n, const Scalar* x, Scalar* y);
  void (*log)(Index n, const Scalar* x, Scalar* y);
  void (*tanh)(Index n, const Scalar* x, Scalar* y);
  void (*sigmoid)(Index n, const Scalar* x, Scalar* y);  // 1 / (1 + e^-x)
  void (*relu)(Index n, const Scalar* x, Scalar* y);     // 0 where x < 0, else x

  /// dx[i] = delta[i] f'(x[i]), by the function's value z[i] = f(x[i]).
  void (*tanh_backward)(Index n, const Scalar* delta, const Scalar* z, Scalar* dx);
  void (*sigmoid_backward)(Index n, const Scalar* delta, const Scalar* z, Scalar* dx);
  void (*relu_backward)(Index n, const Scalar* delta, const Scalar* z, Scalar* dx);

  /// y[i] = f(x[i]) and dx[i] = delta[i] f'(x[i]), with Phi and phi the normal distribution and its
  /// density, s the sigmoid and w = 2 sqrt(2 / pi) (x + 0.044715 x^3):
  ///     gelu        x Phi(x)                             f' = Phi(x) + x phi(x)
  ///     gelu_tanh   x s(w) = x / 2 (1 + tanh(w / 2))     f' = s(w) + x s(w) s(-w) dw/dx
  ///     silu        x s(x)                               f' = s(x) + x s(x) s(-x)
  ///     softplus    ln(1 + e^(beta x)) / beta            f' = s(beta x)
  /// Where beta x > threshold, softplus is x. At infinities all are as their limits.
  void (*gelu)(Index n, const Scalar* x, Scalar* y);
  void (*gelu_tanh)(Index n, const Scalar* x, Scalar* y);
  void (*silu)(Index n, const Scalar* x, Scalar* y);
  void (*softplus)(Index n, const Bend& bend, const Scalar* x, Scalar* y);
  void (*gelu_backward)(Index n, const Scalar* delta, const Scalar* x, Scalar* dx);
  void (*gelu_tanh_backward)(Index n, const Scalar* delta, const Scalar* x, Scalar* dx);
  void (*silu_backward)(Index n, const Scalar* delta, const Scalar* x, Scalar* dx);
  void (*softplus_backward)(Index n, const Bend& bend, const Scalar* delta, const Scalar* x,
                            Scalar* dx);

  /// Binary cross-entropy of target t for a probability p, with logarithms not below -100:
  ///     cost = -(t ln p + (1 - t) ln(1 - p))      dp = (p - t) / max(p (1 - p), 1e-12)
  void (*bce)(Index n, const Scalar* t, const Scalar* p, Scalar* cost);
  void (*bce_backward)(Index n, const Scalar* t, const Scalar* p, Scalar* dp);
  /// The same for a logit z:
  ///     cost = max(z, 0) - z t + ln(1 + e^-|z|)   dz = sigmoid(z) - t
  void (*bce_with_logits)(Index n, const Scalar* t, const Scalar* z, Scalar* cost);
  void (*bce_with_logits_backward)(Index n, const Scalar* t, const Scalar* z, Scalar* dz);
  /// Both of the last two, with one exponential.
  void (*bce_with_logits_forward_backward)(Index n, const Scalar* t, const Scalar* z, Scalar* cost,
                                           Scalar* dz);

  /// y[i] += alpha x[i], the product rounded before the sum; y may be x.
  void (*axpy)(Index n, Scalar alpha, const Scalar* x, Scalar* y);
  void (*adam)(Index n, const AdamStep& step, const Scalar* g, Scalar* m, Scalar* v, Scalar* w);
  /// y[i] = g[i] / (sqrt(v[i]) + epsilon), each operation rounded.
  void (*over_root)(Index n, Scalar epsilon, const Scalar* g, const Scalar* v, Scalar* y);
  /// The smallest and the largest number, NaN left out; min > max if none is left.
  MinMax (*min_max)(Index n, const Scalar* x);

  /// y[row] = the sum of a row of n numbers, added up in double in order.
  void (*row_sums)(Index rows, Index n, const Scalar* x, Scalar* y);
  /// Of each row of n numbers, with m its largest and s the sum of its e^(x - m), added up in
  /// double and rounded, in order if n <= 64; in longer rows, number j is added to part
  /// j mod (64 / sizeof(Scalar)), in fours while there are four for each part, which are added to
  /// each other first, in pairs; the parts in halves:
  ///     p = e^(x - m) / s            log_p = (x - m) - ln s
  /// Either may be null. A row with a NaN or an infinity above all is NaN.
  void (*softmax)(Index rows, Index n, const Scalar* x, Scalar* p, Scalar* log_p);
  /// dx = z (delta - d), with d the row's sum of delta z as by row_sums.
  void (*softmax_backward)(Index rows, Index n, const Scalar* delta, const Scalar* z, Scalar* dx);

  /// sums[j] = sum over the rows, in order, of (a[i, j] - shift[j]) (b[i, j] - shift[j]), one chain
  /// of fma; a null shift is 0. Rows of n numbers.
  void (*column_dots)(Index rows, Index n, const Scalar* a, const Scalar* b, const Scalar* shift,
                      Scalar* sums);
  /// Both normalise rows of n numbers; y is `normalized`, which may be null. The product y weight
  /// and the bias are one fma for columns, two operations for rows.
  void (*normalize_columns)(Index rows, Index n, const ColumnNorm& norm, const Scalar* x,
                            Scalar* normalized, Scalar* z);
  void (*normalize_columns_backward)(Index rows, Index n, const ColumnNormBackward& norm,
                                     const Scalar* delta, const Scalar* normalized, Scalar* dx);
  /// The sums along a row are in double, with element j in lane j mod 8; lanes are added as in
  /// tsne_attract. factors[row] = 1 / sqrt(v + epsilon); it may be null.
  void (*normalize_rows)(Index rows, Index n, const RowNorm& norm, const Scalar* x,
                         Scalar* normalized, Scalar* factors, Scalar* z);
  /// With g = delta weight: dx = factor ((g - mean g) - y mean(g y)).
  void (*normalize_rows_backward)(Index rows, Index n, const Scalar* delta, const Scalar* weight,
                                  const Scalar* normalized, const Scalar* factors, Scalar* dx);

  /// factors[e] = 0 if random word e of that row is below `below`, else `kept`. Word 32 t + 8 w + l
  /// is word w of philox4x32 of the counter (8 t + l, row), low halves first.
  void (*dropout)(Index n, const PhiloxKey& key, std::uint64_t row, std::uint64_t below,
                  Scalar kept, Scalar* factors);
  /// x[e] += sd z[e], the product rounded before the sum, with standard normal z (Box and Muller,
  /// 1958). Of the words above, p[i] = 32 t + i and q[i] = 32 t + 16 + i for i in [0, 16) give
  ///     z[32 t + i] = r cos a,  z[32 t + 16 + i] = r sin a
  ///     r = sqrt(-2 ln u(p))    a = (u(q) - 1/2 + q mod 4) quarter turns
  /// with u(w) = (floor(w / 256) + 1/2) / 2^24 and (first + 8 t + l, row) as the counters.
  void (*add_normal)(Index n, Scalar sd, const PhiloxKey& key, std::uint64_t row,
                     std::uint64_t first, Scalar* x);

  /// Copies the rows of all windows, one after the other; adds them back, from the last window to
  /// the first.
  void (*im2col)(const ConvWindows& w, const Scalar* images, Scalar* rows);
  void (*col2im)(const ConvWindows& w, const Scalar* rows, Scalar* images);

  /// Convolution of each channel alone, with x(q, i, j) the elements of the windows. Each sum is
  /// one chain of fma in the order that is given; bias may be null.
  ///     z[q] = bias + sum_{i, j} x(q, i, j) w[i, j]    from 0, i before j; bias last, rounded
  ///     dx(q, i, j) += delta[q] w[i, j]                window after window
  ///     dw[i, j] += sum_q x(q, i, j) delta[q]          from dw on, window after window
  void (*depthwise)(const DepthwiseWindows& windows, const Scalar* x, const Scalar* w,
                    const Scalar* bias, Scalar* z);
  void (*depthwise_backward)(const DepthwiseWindows& windows, const Scalar* delta, const Scalar* w,
                             Scalar* dx);
  void (*depthwise_gradient)(const DepthwiseWindows& windows, const Scalar* x, const Scalar* delta,
                             Scalar* dw);

  /// The largest element of each window, or the first NaN, and its place; the first of equals.
  void (*max_pool)(const PoolWindows& w, const Scalar* x, Scalar* best, Scalar* places);
  /// dx += delta at its place, window after window; if `overwrite`, dx = delta there and 0
  /// elsewhere.
  void (*max_pool_backward)(const PoolWindows& w, const Scalar* delta, const Scalar* places,
                            bool overwrite, Scalar* dx);

  /// One step of `rows` rows of `hidden` LSTM cells. Rows of gates are (i, f, g, o), hidden numbers
  /// each: given their sums s, they become the gates,
  ///     i = sigmoid(s_i)   f = sigmoid(s_f)   g = tanh(s_g)   o = sigmoid(s_o)
  ///     c = fma(f, c_before, i g)             h = o tanh(c)
  void (*lstm)(Index rows, Index hidden, Scalar* gates, const Scalar* c_before, Scalar* c,
               Scalar* h);
  /// da = dL/ds by dh = dL/dh and dc, which is given dL/dc and becomes dL/dc_before. With t =
  /// tanh(c), y' = y (1 - y) for i, f, o and 1 - y^2 (fused) for g, t:
  ///     d = fma(dh o, t', dc)   da = (d g i', d c_before f', d i g', dh t o')   dc = d f
  void (*lstm_backward)(Index rows, Index hidden, const Scalar* gates, const Scalar* c_before,
                        const Scalar* c, const Scalar* dh, Scalar* dc, Scalar* da);
  /// One step of GRU cells. Rows of gates and u are (r, z, n); given a, gates become
  ///     r = sigmoid(a_r + u_r)   z = sigmoid(a_z + u_z)   n = tanh(fma(r, u_n, a_n))
  ///     h = fma(z, h_before - n, n)
  void (*gru)(Index rows, Index hidden, Scalar* gates, const Scalar* u, const Scalar* h_before,
              Scalar* h);
  /// da = dL/da, du = dL/du by dh = dL/dh; to dh_before is added what does not go through u. With
  /// d = dh (1 - z) n':
  ///     da = (d u_n r', dh (h_before - n) z', d)   du = (da_r, da_z, d r)
  ///     dh_before = fma(dh, z, dh_before)
  void (*gru_backward)(Index rows, Index hidden, const Scalar* gates, const Scalar* u,
                       const Scalar* h_before, const Scalar* dh, Scalar* da, Scalar* du,
                       Scalar* dh_before);

  /// sum_j (a_j - b_j)^2 in double, by sum_in_lanes().
  double (*squared_distance)(Index n, const Scalar* a, const Scalar* b);
  /// The same in Scalar, in any order, which may differ between tables. Each square and each
  /// addition is rounded at most once.
  Scalar (*quick_squared_distance)(Index n, const Scalar* a, const Scalar* b);
  /// The same from x, n numbers, to each column of `points`, n rows that lie `columns` apart. These
  /// are a multiple of the numbers in a line of memory.
  void (*quick_squared_distances)(Index n, Index columns, const Scalar* x, const Scalar* points,
                                  Scalar* squares);

  /// to: n rows of a line of memory, 64 bytes. Its columns are the `count` rows x - origin of n
  /// numbers, then copies of the last one. norms: their squares' sums, by sum_in_lanes().
  void (*centred_strip)(Index count, Index n, const Scalar* x, const Scalar* origin, Scalar* to,
                        double* norms);
  // For the next three, rows lie `step` apart, and n is a multiple of the numbers in a line.
  /// Adds row_terms[i] to row i of values, n numbers. Of each column then: the smallest number
  /// (best), its row (places; the first of equal ones), and the second smallest.
  void (*two_smallest)(Index rows, Index n, Index step, const Scalar* row_terms, Scalar* values,
                       Scalar* best, Scalar* places, Scalar* second);
  /// Of each column: the smallest value v but for row left_out, if the first row is row `first`.
  /// roots = sqrt(max(v + column_terms, 0)).
  void (*root_of_smallest)(Index rows, Index n, Index step, const Scalar* values, Index first,
                           const Scalar* left_out, const Scalar* column_terms, Scalar* roots);
  /// lower = (lower - moved) factor, with moved[i] for row i. A bound is open unless its column's
  /// upper < lower. open_rows: the sum of 2^i of a column's open bounds. Returns how many are open.
  Index (*lower_bounds)(Index rows, Index n, Index step, const Scalar* moved, Scalar factor,
                        const Scalar* upper, Scalar* lower, Scalar* open_rows);
  /// sums += factor x, each operation rounded.
  void (*add_to_sums)(Index n, double factor, const Scalar* x, double* sums);

  /// t-SNE's forces, each operation rounded. The masses first, ..., first + n - 1 are points of
  /// weight 1. For each of them, with w_j = 1 / (1 + distance^2) to mass j: total = sum of m_j w_j,
  /// fx = sum of m_j w_j^2 (x - x_j), fy alike, each in the order of j and without the point
  /// itself.
  void (*tsne_repel)(const Masses& masses, Index first, Index n, Scalar* fx, Scalar* fy,
                     Scalar* total);
  /// For one point: force = the sums of p_j w_j (x - x_j) and p_j w_j (y - y_j) over the n
  /// places xy[2 column[j]], n a multiple of 8. Each of 8 sums takes every eighth j; then they are
  /// added up: ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
  void (*tsne_attract)(Index n, const Scalar* p, const std::int32_t* column, const Scalar* xy,
                       Scalar x, Scalar y, Scalar* force);
};

/// The table in use: the best that this CPU can run, or the one that the environment variable
/// NN_ISA forces: "scalar", "avx2" or "avx512", read at the first call. Throws ArgumentError for
/// any other value, or for one that this CPU or build lacks.
const Table& active();

/// What a thread gets at the least, about 5 microseconds of work: elements of a loop with a few
/// operations for each, or with an exponential.
constexpr Index kElementGrain = 16384, kFunctionGrain = 4096;

/// Calls kernel(count, x...) on parts of n elements, from several threads; each array is moved to
/// the part's first element.
template <class Kernel, class... T>
void in_parallel(Index n, Index grain, Kernel kernel, T*... x) {
  parallel_for(n, grain, [=](Index begin, Index end) { kernel(end - begin, (x + begin)...); });
}

}}}  // namespace nn::NN_PRECISION::kernels
