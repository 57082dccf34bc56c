// Convolution of each channel alone: a vector of channels at a time.
#pragma once

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// kCount windows side by side.
template <int kCount, bool kPartial>
NN_VECTOR_FUNCTION void depthwise_at(const DepthwiseWindows& w, const Scalar* x,
                                     const Scalar* weight, const Scalar* bias, Scalar* z,
                                     Lanes lanes) {
  Vec sum[kCount];
  NN_UNROLL
  for (int q = 0; q < kCount; ++q) sum[q] = set1(0);
  for (Index i = 0; i < w.rows; ++i, x += w.row_step) {
    const Scalar* from = x;
    for (Index j = 0; j < w.columns; ++j, from += w.column_step, weight += w.channels) {
      const Vec factor = load_end<kPartial>(weight, true, lanes);
      NN_UNROLL
      for (int q = 0; q < kCount; ++q)
        sum[q] = fma(load_end<kPartial>(from + q * w.window_step, true, lanes), factor, sum[q]);
    }
  }
  NN_UNROLL
  for (int q = 0; q < kCount; ++q) {
    const Vec result = bias ? add(sum[q], load_end<kPartial>(bias, true, lanes)) : sum[q];
    store_end<kPartial>(z + q * w.channels, result, true, lanes);
  }
}

template <bool kPartial>
NN_VECTOR_FUNCTION void depthwise_line(const DepthwiseWindows& w, const Scalar* x,
                                       const Scalar* weight, const Scalar* bias, Scalar* z,
                                       Lanes lanes) {
  constexpr int kCount = 4;
  Index q = 0;
  for (; q + kCount <= w.windows; q += kCount)
    depthwise_at<kCount, kPartial>(w, x + q * w.window_step, weight, bias, z + q * w.channels,
                                   lanes);
  for (; q < w.windows; ++q)
    depthwise_at<1, kPartial>(w, x + q * w.window_step, weight, bias, z + q * w.channels, lanes);
}

NN_TARGET void depthwise(const DepthwiseWindows& given, const Scalar* x, const Scalar* weight,
                         const Scalar* bias, Scalar* z) {
  const DepthwiseWindows w = given;  // a copy stays in registers, as no store can reach it
  const Index n = w.channels, whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  auto from = [](const Scalar* p, Index c) { return p ? p + c : p; };
  for (Index c = 0; c < whole; c += kWidth)
    depthwise_line<false>(w, x + c, weight + c, from(bias, c), z + c, rest);
  if (whole < n)
    depthwise_line<true>(w, x + whole, weight + whole, from(bias, whole), z + whole, rest);
}

template <bool kPartial>
NN_VECTOR_FUNCTION void scatter(const DepthwiseWindows& w, const Scalar* delta,
                                const Scalar* weight, Scalar* dx, Lanes lanes) {
  const Vec value = load_end<kPartial>(delta, true, lanes);
  for (Index i = 0; i < w.rows; ++i, dx += w.row_step) {
    Scalar* to = dx;
    for (Index j = 0; j < w.columns; ++j, to += w.column_step, weight += w.channels)
      store_end<kPartial>(
          to,
          fma(value, load_end<kPartial>(weight, true, lanes), load_end<kPartial>(to, true, lanes)),
          true, lanes);
  }
}

NN_TARGET void depthwise_backward(const DepthwiseWindows& given, const Scalar* delta,
                                  const Scalar* weight, Scalar* dx) {
  const DepthwiseWindows w = given;  // a copy stays in registers, as no store can reach it
  const Index n = w.channels, whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (Index q = 0; q < w.windows; ++q, delta += n, dx += w.window_step) {
    for (Index c = 0; c < whole; c += kWidth)
      scatter<false>(w, delta + c, weight + c, dx + c, rest);
    if (whole < n) scatter<true>(w, delta + whole, weight + whole, dx + whole, rest);
  }
}

/// kCount elements of the windows, from element `first` on.
template <int kCount, bool kPartial>
NN_VECTOR_FUNCTION void gradients_at(const DepthwiseWindows& w, Index first, const Scalar* x,
                                     const Scalar* delta, Scalar* dw, Lanes lanes) {
  Index at[kCount];
  Vec sum[kCount];
  dw += first * w.channels;
  NN_UNROLL
  for (int t = 0; t < kCount; ++t) {
    at[t] = (first + t) / w.columns * w.row_step + (first + t) % w.columns * w.column_step;
    sum[t] = load_end<kPartial>(dw + t * w.channels, true, lanes);
  }
  for (Index q = 0; q < w.windows; ++q, x += w.window_step, delta += w.channels) {
    const Vec factor = load_end<kPartial>(delta, true, lanes);
    NN_UNROLL
    for (int t = 0; t < kCount; ++t)
      sum[t] = fma(load_end<kPartial>(x + at[t], true, lanes), factor, sum[t]);
  }
  NN_UNROLL
  for (int t = 0; t < kCount; ++t) store_end<kPartial>(dw + t * w.channels, sum[t], true, lanes);
}

template <bool kPartial>
NN_VECTOR_FUNCTION void gradients_of(const DepthwiseWindows& w, const Scalar* x,
                                     const Scalar* delta, Scalar* dw, Lanes lanes) {
  const Index count = w.rows * w.columns;  // most often a multiple of 3
  Index t = 0;
  for (; t + 9 <= count; t += 9) gradients_at<9, kPartial>(w, t, x, delta, dw, lanes);
  for (; t + 3 <= count; t += 3) gradients_at<3, kPartial>(w, t, x, delta, dw, lanes);
  for (; t < count; ++t) gradients_at<1, kPartial>(w, t, x, delta, dw, lanes);
}

NN_TARGET void depthwise_gradient(const DepthwiseWindows& given, const Scalar* x,
                                  const Scalar* delta, Scalar* dw) {
  const DepthwiseWindows w = given;  // a copy stays in registers, as no store can reach it
  if (w.windows == 0) return;        // x and delta may be null
  const Index n = w.channels, whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (Index c = 0; c < whole; c += kWidth) gradients_of<false>(w, x + c, delta + c, dw + c, rest);
  if (whole < n) gradients_of<true>(w, x + whole, delta + whole, dw + whole, rest);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
