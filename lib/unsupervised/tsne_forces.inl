// Included once for each instruction set, with NN_FORCE_TARGET and NN_FORCE_NAMESPACE defined.
// Vectors of 8 are GCC's and Clang's own; where the CPU's are shorter, they are split.

namespace nn::inline NN_PRECISION::detail::NN_FORCE_NAMESPACE {

using Lanes __attribute__((vector_size(kForceLanes * sizeof(Scalar)))) = Scalar;

NN_FORCE_TARGET void repel(const MassView& masses, const Scalar* px, const Scalar* py, Scalar* fx,
                           Scalar* fy, Scalar* total) {
  Lanes x, y, sum_x = {}, sum_y = {}, sum = {};
  std::memcpy(&x, px, sizeof x);
  std::memcpy(&y, py, sizeof y);
  for (Index j = 0; j < masses.size; ++j) {
    const Lanes dx = x - masses.x[j], dy = y - masses.y[j];
    const Lanes w = Scalar{1} / (Scalar{1} + (dx * dx + dy * dy));
    const Lanes weighted = w * masses.weight[j], force = weighted * w;
    sum = sum + weighted;
    sum_x = sum_x + force * dx;
    sum_y = sum_y + force * dy;
  }
  std::memcpy(fx, &sum_x, sizeof sum_x);
  std::memcpy(fy, &sum_y, sizeof sum_y);
  std::memcpy(total, &sum, sizeof sum);
}

NN_FORCE_TARGET void attract(Index count, const Scalar* p, const std::int32_t* column,
                             const Scalar* xy, Scalar x, Scalar y, Scalar* force) {
  Lanes sum_x = {}, sum_y = {};
  for (Index j = 0; j < count; j += kForceLanes) {
    const std::int32_t* c = column + j;
    const Scalar* at[kForceLanes] = {xy + 2 * c[0], xy + 2 * c[1], xy + 2 * c[2], xy + 2 * c[3],
                                     xy + 2 * c[4], xy + 2 * c[5], xy + 2 * c[6], xy + 2 * c[7]};
    const Lanes other_x = {*at[0], *at[1], *at[2], *at[3], *at[4], *at[5], *at[6], *at[7]};
    const Lanes other_y = {at[0][1], at[1][1], at[2][1], at[3][1],
                           at[4][1], at[5][1], at[6][1], at[7][1]};
    const Lanes dx = x - other_x, dy = y - other_y;
    Lanes weight;
    std::memcpy(&weight, p + j, sizeof weight);
    const Lanes pull = weight / (Scalar{1} + (dx * dx + dy * dy));
    sum_x = sum_x + pull * dx;
    sum_y = sum_y + pull * dy;
  }
  force[0] = ((sum_x[0] + sum_x[4]) + (sum_x[2] + sum_x[6])) +
             ((sum_x[1] + sum_x[5]) + (sum_x[3] + sum_x[7]));
  force[1] = ((sum_y[0] + sum_y[4]) + (sum_y[2] + sum_y[6])) +
             ((sum_y[1] + sum_y[5]) + (sum_y[3] + sum_y[7]));
}

}  // namespace nn::inline NN_PRECISION::detail::NN_FORCE_NAMESPACE
