// Copies parts of A and B into the order in which the tiles read them.
#pragma once

#include "kernels/common.inl"
#include "kernels/transpose.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// A strip to pack: `lanes` neighbours (rows of A, columns of B) by `steps` values of the summation
/// index. Packed, value (lane, step) is at to[step * to_step + lane]; to_step is a multiple of
/// kWidth, and what lies behind the last lane, up to the next multiple, is not used.
struct Strip {
  Index lanes, steps;
  const Scalar* from;
  Index lane_stride, step_stride;
  Scalar* to;
  Index to_step;
};

/// The first kVecs vectors of each step.
template <int kVecs>
NN_TARGET void copy_steps(const Strip& s) {
  const Scalar* from = s.from;
  Scalar* to = s.to;
  for (Index left = s.steps; left > 0; --left, from += s.step_stride, to += s.to_step) {
    NN_UNROLL
    for (int v = 0; v < kVecs; ++v) store(to + v * kWidth, load(from + v * kWidth));
  }
}

NN_TARGET void pack_by_step(const Strip& s, Scalar factor) {
  if (factor == Scalar{1}) {
    if (s.lanes == 3 * kWidth) return copy_steps<3>(s);
    if (s.lanes == 2 * kWidth) return copy_steps<2>(s);
    if (s.lanes == kWidth) return copy_steps<1>(s);
  }
  const Vec f = set1(factor);
  const Index whole = s.lanes / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(s.lanes - whole));
  for (Index step = 0; step < s.steps; ++step) {
    const Scalar* from = s.from + step * s.step_stride;
    Scalar* to = s.to + step * s.to_step;
    for (Index lane = 0; lane < whole; lane += kWidth) store(to + lane, mul(load(from + lane), f));
    if (whole < s.lanes) store_lanes(to + whole, mul(load_lanes(from + whole, rest), f), rest);
  }
}

NN_TARGET void pack_by_value(const Strip& s) {
  for (Index step = 0; step < s.steps; ++step)
    for (Index lane = 0; lane < s.lanes; ++lane)
      s.to[step * s.to_step + lane] = s.from[lane * s.lane_stride + step * s.step_stride];
}

/// kWidth lanes, the last of them maybe missing, whose steps are together in memory.
template <bool kWhole>
NN_VECTOR_FUNCTION void pack_rows(Rows rows, Index steps, Scalar* to, Index to_step) {
  Vec values[kSteps] = {};
  for (; steps >= kSteps; steps -= kSteps, rows.first += kSteps, to += kSteps * to_step) {
    load_steps<kWhole, true>(rows, kSteps, values);
    NN_UNROLL
    for (int s = 0; s < kSteps; ++s) store(to + s * to_step, values[s]);
  }
  const int rest = static_cast<int>(steps);
  if (rest == 0) return;
  load_steps<kWhole, false>(rows, rest, values);
  for (int s = 0; s < rest; ++s) store(to + s * to_step, values[s]);
}

NN_TARGET void pack_transposed(const Strip& s) {
  Rows rows{s.from, s.lane_stride, kWidth};
  Index lane = 0;
  for (; lane + kWidth <= s.lanes; lane += kWidth, rows.first += kWidth * s.lane_stride)
    pack_rows<true>(rows, s.steps, s.to + lane, s.to_step);
  rows.count = static_cast<int>(s.lanes - lane);
  if (rows.count > 0) pack_rows<false>(rows, s.steps, s.to + lane, s.to_step);
}

NN_TARGET void pack(const Strip& s, Scalar factor) {
  if (s.lane_stride == 1) return pack_by_step(s, factor);
  if (s.step_stride == 1)
    pack_transposed(s);
  else
    pack_by_value(s);
  if (factor == Scalar{1}) return;
  const Vec f = set1(factor);
  const Index count = s.steps * s.to_step, whole = count / kWidth * kWidth;
  for (Index i = 0; i < whole; i += kWidth) store(s.to + i, mul(load(s.to + i), f));
  const Lanes rest = first_lanes(static_cast<int>(count - whole));
  if (whole < count) store_lanes(s.to + whole, mul(load_lanes(s.to + whole, rest), f), rest);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
