// The two sums of t-SNE's gradient.
#pragma once

#include <cstring>

#include "kernels/common.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// kWidth points, and the sums of the forces on them and of their weights.
struct Repulsion {
  Vec x, y, fx, fy, total;
};

/// Adds what mass j does. weight: its weight for each point.
NN_VECTOR_FUNCTION void repel(const Masses& masses, Index j, Vec weight, Repulsion& sum) {
  const Vec dx = sub(sum.x, set1(masses.x[j])), dy = sub(sum.y, set1(masses.y[j]));
  const Vec w = div(set1(1), add(set1(1), add(mul(dx, dx), mul(dy, dy))));
  const Vec weighted = mul(w, weight), force = mul(weighted, w);
  sum.total = add(sum.total, weighted);
  sum.fx = add(sum.fx, mul(force, dx));
  sum.fy = add(sum.fy, mul(force, dy));
}

/// Ones with a 0 in the middle: from place kWidth - l on, lane l is 0.
struct OneZero {
  Scalar v[2 * kWidth];
};
constexpr OneZero kOneZero = [] {
  OneZero result{};
  for (Scalar& value : result.v) value = 1;
  result.v[kWidth] = 0;
  return result;
}();

NN_TARGET void tsne_repel(const Masses& masses, Index first, Index n, Scalar* fx, Scalar* fy,
                          Scalar* total) {
  for (Index i = 0; i < n; i += kWidth) {
    const Index own = first + i, count = smaller(n - i, kWidth);
    const Lanes lanes = first_lanes(static_cast<int>(count));
    Repulsion sum{load_lanes(masses.x + own, lanes), load_lanes(masses.y + own, lanes), set1(0),
                  set1(0), set1(0)};
    for (Index j = 0; j < own; ++j) repel(masses, j, set1(masses.weight[j]), sum);
    for (Index l = 0; l < count; ++l) repel(masses, own + l, load(kOneZero.v + (kWidth - l)), sum);
    for (Index j = own + count; j < masses.size; ++j) repel(masses, j, set1(masses.weight[j]), sum);
    store_lanes(fx + i, sum.fx, lanes);
    store_lanes(fy + i, sum.fy, lanes);
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
