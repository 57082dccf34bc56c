// Loads and stores a few values of many rows, one row in each lane: transposes in registers.
#pragma once

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// Steps along the rows that are loaded at once: 16 bytes of each row.
constexpr int kSteps = 16 / sizeof(Scalar);

/// Rows for the lanes of a vector: `count` of them, kWidth or fewer; other lanes get the last row.
struct Rows {
  const Scalar* first;
  Index stride;
  int count;
};

template <bool kAllRows>
NN_VECTOR_FUNCTION const Scalar* row(const Rows& rows, int lane) {
  return rows.first + (kAllRows || lane < rows.count ? lane : rows.count - 1) * rows.stride;
}

#ifdef NN_HAS_QUARTERS

/// Transposes the squares of kSteps by kSteps that the quarters of the registers make.
NN_VECTOR_FUNCTION void transpose_quarters(Register (&x)[kSteps]) {
  const Register low01 = NN_MM(unpacklo)(x[0], x[1]), high01 = NN_MM(unpackhi)(x[0], x[1]);
#ifdef NN_DOUBLE
  x[0] = low01;
  x[1] = high01;
#else
  const Register low23 = NN_MM(unpacklo)(x[2], x[3]), high23 = NN_MM(unpackhi)(x[2], x[3]);
  x[0] = NN_MM(shuffle)(low01, low23, 0x44);
  x[1] = NN_MM(shuffle)(low01, low23, 0xee);
  x[2] = NN_MM(shuffle)(high01, high23, 0x44);
  x[3] = NN_MM(shuffle)(high01, high23, 0xee);
#endif
}

template <bool kAllSteps>
NN_VECTOR_FUNCTION Quarter load_quarter(const Scalar* p, QuarterMask mask) {
  return kAllSteps ? NN_MM128(loadu)(p) : NN_MM128(maskload)(p, mask);
}

/// steps[s], lane l = row l [s] for s in [0, count); count is kSteps if kAllSteps.
template <bool kAllRows, bool kAllSteps>
NN_VECTOR_FUNCTION void load_steps(const Rows& rows, int count, Vec (&steps)[kSteps]) {
  const QuarterMask mask = first_of_quarter(count);
  Register x[kSteps];
  const Scalar* firsts[kWidth / kSteps];  // few registers: all sixteen addresses would not fit
  NN_UNROLL
  for (int q = 0; q < kWidth / kSteps; ++q) firsts[q] = rows.first + q * kSteps * rows.stride;
  NN_UNROLL
  for (int i = 0; i < kSteps; ++i) {
    Quarter parts[kWidth / kSteps];
    NN_UNROLL
    for (int q = 0; q < kWidth / kSteps; ++q)
      parts[q] = load_quarter<kAllSteps>(
          kAllRows ? firsts[q] + i * rows.stride : row<kAllRows>(rows, i + q * kSteps), mask);
    x[i] = join(parts);
  }
  transpose_quarters(x);
  NN_UNROLL
  for (int i = 0; i < kSteps; ++i) steps[i] = {x[i]};
}

/// row l [s] = steps[s], lane l, for the `count` rows that begin at `first`.
NN_VECTOR_FUNCTION void store_steps(Scalar* first, Index stride, int count,
                                    const Vec (&steps)[kSteps]) {
  Register x[kSteps];
  NN_UNROLL
  for (int i = 0; i < kSteps; ++i) x[i] = steps[i].v;
  transpose_quarters(x);
  NN_UNROLL
  for (int i = 0; i < kSteps; ++i) {
    Quarter parts[kWidth / kSteps];
    split(x[i], parts);
    NN_UNROLL
    for (int q = 0; q < kWidth / kSteps; ++q)
      if (const int lane = i + q * kSteps; lane < count)
        NN_MM128(storeu)(first + lane * stride, parts[q]);
  }
}

#else

template <bool kAllRows, bool kAllSteps>
NN_VECTOR_FUNCTION void load_steps(const Rows& rows, int count, Vec (&steps)[kSteps]) {
  for (int s = 0; s < (kAllSteps ? kSteps : count); ++s)
    for (int lane = 0; lane < kWidth; ++lane) steps[s].v[lane] = row<kAllRows>(rows, lane)[s];
}

NN_VECTOR_FUNCTION void store_steps(Scalar* first, Index stride, int count,
                                    const Vec (&steps)[kSteps]) {
  for (int s = 0; s < kSteps; ++s)
    for (int lane = 0; lane < count; ++lane) first[lane * stride + s] = steps[s].v[lane];
}

#endif

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
