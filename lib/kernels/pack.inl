// Copies parts of A and B into the order in which the tiles read them.

namespace nn::inline NN_PRECISION::kernels {
namespace {

NN_VECTOR_FUNCTION Index smaller(Index a, Index b) { return a < b ? a : b; }
NN_VECTOR_FUNCTION Index ceil_div(Index a, Index b) { return (a + b - 1) / b; }
NN_VECTOR_FUNCTION Index round_up(Index a, Index b) { return ceil_div(a, b) * b; }

/// A strip to pack: `lanes` neighbours (rows of A, columns of B) by `steps` values of the summation
/// index. Packed, value (lane, step) is at to[step * to_step + lane]; to_step is a multiple of
/// kBlock, and what lies behind the last lane, up to the next multiple, is nobody's.
struct Strip {
  Index lanes, steps;
  const Scalar* from;
  Index lane_stride, step_stride;
  Scalar* to;
  Index to_step;
};

NN_TARGET void pack_by_step(const Strip& s) {
  const Index whole = s.lanes / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(s.lanes - whole));
  for (Index step = 0; step < s.steps; ++step) {
    const Scalar* from = s.from + step * s.step_stride;
    Scalar* to = s.to + step * s.to_step;
    for (Index lane = 0; lane < whole; lane += kWidth) store(to + lane, load(from + lane));
    if (whole < s.lanes) store_lanes(to + whole, load_lanes(from + whole, rest), rest);
  }
}

NN_TARGET void pack_by_value(const Strip& s, Index first_step) {
  for (Index step = first_step; step < s.steps; ++step)
    for (Index lane = 0; lane < s.lanes; ++lane)
      s.to[step * s.to_step + lane] = s.from[lane * s.lane_stride + step * s.step_stride];
}

/// Lanes apart, steps together in memory: whole blocks are transposed. Rows that a block lacks are
/// replaced by its last one.
NN_TARGET void pack_transposed(const Strip& s) {
  const Index whole = s.steps / kBlock * kBlock;
  for (Index lane = 0; lane < s.lanes; lane += kBlock) {
    const Scalar* rows[kBlock];
    for (int i = 0; i < kBlock; ++i)
      rows[i] = s.from + smaller(lane + i, s.lanes - 1) * s.lane_stride;
    for (Index step = 0; step < whole; step += kBlock) {
      transpose_block(rows, s.to + step * s.to_step + lane, s.to_step);
      for (int i = 0; i < kBlock; ++i) rows[i] += kBlock;
    }
  }
  pack_by_value(s, whole);
}

NN_TARGET void pack(const Strip& s, Scalar factor) {
  if (s.lane_stride == 1)
    pack_by_step(s);
  else if (s.step_stride == 1)
    pack_transposed(s);
  else
    pack_by_value(s, 0);
  if (factor == Scalar{1}) return;
  const Vec f = set1(factor);
  const Index count = s.steps * s.to_step, whole = count / kWidth * kWidth;
  for (Index i = 0; i < whole; i += kWidth) store(s.to + i, mul(load(s.to + i), f));
  const Lanes rest = first_lanes(static_cast<int>(count - whole));
  if (whole < count) store_lanes(s.to + whole, mul(load_lanes(s.to + whole, rest), f), rest);
}

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
