#pragma once

#include <cstdint>

#include "nn/core/scalar.hpp"

/// The two sums of t-SNE's gradient: plain loops in lanes, for any CPU and for AVX2; the same bits,
/// since each lane does the same roundings in both. Private to lib/.
namespace nn::inline NN_PRECISION::detail {

/// How many points repel_lanes takes, and terms attract_lanes.
constexpr Index kForceLanes = 8;

/// Points of the plane with weights m.
struct MassView {
  const Scalar *x, *y, *weight;
  Index size;
};

struct ForceTable {
  /// For 8 points (x, y): with w_j = 1 / (1 + distance^2) to mass j,
  /// total = sum_j m_j w_j, fx = sum_j m_j w_j^2 (x - x_j), fy alike, each in the order of j.
  void (*repel)(const MassView& masses, const Scalar* x, const Scalar* y, Scalar* fx, Scalar* fy,
                Scalar* total);
  /// For one point (x, y): the sums over j of p_j w_j (x - x_j), (y - y_j), of `count` places
  /// column[j] of xy, a multiple of 8; term j goes to lane j mod 8.
  void (*attract)(Index count, const Scalar* p, const std::int32_t* column, const Scalar* xy,
                  Scalar x, Scalar y, Scalar* force);
};

/// For the instruction set in use (nn::isa), and for any CPU.
const ForceTable& force_table();
const ForceTable& portable_force_table();

}  // namespace nn::inline NN_PRECISION::detail
