// Loads a few values of many rows, one row in each lane: transposes in registers.

namespace nn::inline NN_PRECISION::kernels {
namespace {

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

#ifdef NN_X86_VECTORS

template <bool kAllSteps>
NN_VECTOR_FUNCTION Quarter load_quarter(const Scalar* p, QuarterMask mask) {
  return kAllSteps ? NN_MM128(loadu)(p) : NN_MM128(maskload)(p, mask);
}

/// steps[s], lane l = row l [s] for s in [0, count); count is kSteps if kAllSteps.
template <bool kAllRows, bool kAllSteps>
NN_VECTOR_FUNCTION void load_steps(const Rows& rows, int count, Vec (&steps)[kSteps]) {
  const QuarterMask mask = first_of_quarter(count);
  Register x[kSteps];
  NN_UNROLL
  for (int i = 0; i < kSteps; ++i) {
    Quarter parts[kWidth / kSteps];
    NN_UNROLL
    for (int q = 0; q < kWidth / kSteps; ++q)
      parts[q] = load_quarter<kAllSteps>(row<kAllRows>(rows, i + q * kSteps), mask);
    x[i] = join(parts);
  }
  const Register low01 = NN_MM(unpacklo)(x[0], x[1]), high01 = NN_MM(unpackhi)(x[0], x[1]);
#ifdef NN_DOUBLE
  steps[0] = {low01};
  steps[1] = {high01};
#else
  const Register low23 = NN_MM(unpacklo)(x[2], x[3]), high23 = NN_MM(unpackhi)(x[2], x[3]);
  steps[0] = {NN_MM(shuffle)(low01, low23, 0x44)};
  steps[1] = {NN_MM(shuffle)(low01, low23, 0xee)};
  steps[2] = {NN_MM(shuffle)(high01, high23, 0x44)};
  steps[3] = {NN_MM(shuffle)(high01, high23, 0xee)};
#endif
}

#else

template <bool kAllRows, bool kAllSteps>
NN_VECTOR_FUNCTION void load_steps(const Rows& rows, int count, Vec (&steps)[kSteps]) {
  for (int s = 0; s < (kAllSteps ? kSteps : count); ++s)
    for (int lane = 0; lane < kWidth; ++lane) steps[s].v[lane] = row<kAllRows>(rows, lane)[s];
}

#endif

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
