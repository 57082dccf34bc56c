// The two sums of t-SNE's gradient.
#pragma once

#include <cstring>

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// The sums of the forces on kWidth points, and of their weights.
struct Repulsion {
  Vec x, y, total;
};

NN_VECTOR_FUNCTION Repulsion repulsion(const Masses& masses, Vec x, Vec y) {
  Repulsion sum{set1(0), set1(0), set1(0)};
  for (Index j = 0; j < masses.size; ++j) {
    const Vec dx = sub(x, set1(masses.x[j])), dy = sub(y, set1(masses.y[j]));
    const Vec w = div(set1(1), add(set1(1), add(mul(dx, dx), mul(dy, dy))));
    const Vec weighted = mul(w, set1(masses.weight[j])), force = mul(weighted, w);
    sum.total = add(sum.total, weighted);
    sum.x = add(sum.x, mul(force, dx));
    sum.y = add(sum.y, mul(force, dy));
  }
  return sum;
}

NN_TARGET void tsne_repel(const Masses& masses, Index n, const Scalar* x, const Scalar* y,
                          Scalar* fx, Scalar* fy, Scalar* total) {
  for (Index i = 0; i < n; i += kWidth) {
    const Lanes lanes = first_lanes(static_cast<int>(smaller(n - i, kWidth)));
    const Repulsion sum = repulsion(masses, load_lanes(x + i, lanes), load_lanes(y + i, lanes));
    store_lanes(fx + i, sum.x, lanes);
    store_lanes(fy + i, sum.y, lanes);
    store_lanes(total + i, sum.total, lanes);
  }
}

/// Eight lanes in every instruction set, since the sums are shared among them. Where registers are
/// shorter, the compiler splits it.
using Eight __attribute__((vector_size(8 * sizeof(Scalar)))) = Scalar;

NN_TARGET void tsne_attract(Index n, const Scalar* p, const std::int32_t* column, const Scalar* xy,
                            Scalar x, Scalar y, Scalar* force) {
  Eight sum_x = {}, sum_y = {};
  for (Index j = 0; j < n; j += 8) {
    const std::int32_t* c = column + j;
    const Scalar* at[] = {xy + 2 * c[0], xy + 2 * c[1], xy + 2 * c[2], xy + 2 * c[3],
                          xy + 2 * c[4], xy + 2 * c[5], xy + 2 * c[6], xy + 2 * c[7]};
    const Eight other_x = {*at[0], *at[1], *at[2], *at[3], *at[4], *at[5], *at[6], *at[7]};
    const Eight other_y = {at[0][1], at[1][1], at[2][1], at[3][1],
                           at[4][1], at[5][1], at[6][1], at[7][1]};
    const Eight dx = x - other_x, dy = y - other_y;
    Eight weight;
    std::memcpy(&weight, p + j, sizeof weight);
    const Eight pull = weight / (Scalar{1} + (dx * dx + dy * dy));
    sum_x = sum_x + pull * dx;
    sum_y = sum_y + pull * dy;
  }
  force[0] = ((sum_x[0] + sum_x[4]) + (sum_x[2] + sum_x[6])) +
             ((sum_x[1] + sum_x[5]) + (sum_x[3] + sum_x[7]));
  force[1] = ((sum_y[0] + sum_y[4]) + (sum_y[2] + sum_y[6])) +
             ((sum_y[1] + sum_y[5]) + (sum_y[3] + sum_y[7]));
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
