// Loops over contiguous numbers. The expression is a macro argument, since a call through a
// template's pointer would not be inlined with its target.
#pragma once

#include "kernels/math.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

// y[i] = expression of a = x[i], and of what else the kernel is given after n
#define NN_UNARY_LOOP(name, expression, ...)                                            \
  NN_TARGET void name(Index n, __VA_ARGS__ __VA_OPT__(, ) const Scalar* x, Scalar* y) { \
    Index i = 0;                                                                        \
    for (; i + kWidth <= n; i += kWidth) {                                              \
      const Vec a = load(x + i);                                                        \
      store(y + i, expression);                                                         \
    }                                                                                   \
    if (i == n) return;                                                                 \
    const Lanes rest = first_lanes(static_cast<int>(n - i));                            \
    const Vec a = load_lanes(x + i, rest);                                              \
    store_lanes(y + i, expression, rest);                                               \
  }

// y[i] = expression of a = u[i], b = v[i], and of what else the kernel is given after n
#define NN_BINARY_LOOP(name, expression, ...)                                               \
  NN_TARGET void name(Index n, __VA_ARGS__ __VA_OPT__(, ) const Scalar* u, const Scalar* v, \
                      Scalar* y) {                                                          \
    Index i = 0;                                                                            \
    for (; i + kWidth <= n; i += kWidth) {                                                  \
      const Vec a = load(u + i), b = load(v + i);                                           \
      store(y + i, expression);                                                             \
    }                                                                                       \
    if (i == n) return;                                                                     \
    const Lanes rest = first_lanes(static_cast<int>(n - i));                                \
    const Vec a = load_lanes(u + i, rest), b = load_lanes(v + i, rest);                     \
    store_lanes(y + i, expression, rest);                                                   \
  }

NN_UNARY_LOOP(exp, exp(a))
NN_UNARY_LOOP(log, log(a))
NN_UNARY_LOOP(tanh, tanh(a))
NN_UNARY_LOOP(sigmoid, sigmoid(a))
NN_UNARY_LOOP(relu, select(less(a, set1(0)), set1(0), a))
NN_BINARY_LOOP(tanh_backward, mul(a, sub(set1(1), mul(b, b))))
NN_BINARY_LOOP(sigmoid_backward, mul(a, mul(b, sub(set1(1), b))))
NN_BINARY_LOOP(relu_backward, select(less(set1(0), b), a, set1(0)))

NN_BINARY_LOOP(bce, bce(a, b))
NN_BINARY_LOOP(bce_backward, div(sub(b, a), at_least(set1(Scalar(1e-12)), mul(b, sub(set1(1), b)))))
NN_BINARY_LOOP(bce_with_logits, bce_with_logits(a, b, exp_minus_abs(b)))
NN_BINARY_LOOP(bce_with_logits_backward, sub(sigmoid(b), a))

NN_TARGET void bce_with_logits_forward_backward(Index n, const Scalar* t, const Scalar* z,
                                                Scalar* cost, Scalar* dz) {
  Index i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    const Vec a = load(t + i), b = load(z + i), power = exp_minus_abs(b);
    store(cost + i, bce_with_logits(a, b, power));
    store(dz + i, sub(sigmoid(b, power), a));
  }
  if (i == n) return;
  const Lanes rest = first_lanes(static_cast<int>(n - i));
  const Vec a = load_lanes(t + i, rest), b = load_lanes(z + i, rest), power = exp_minus_abs(b);
  store_lanes(cost + i, bce_with_logits(a, b, power), rest);
  store_lanes(dz + i, sub(sigmoid(b, power), a), rest);
}

NN_TARGET MinMax min_max(Index n, const Scalar* x) {
  constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
  Vec low = set1(infinity), high = set1(-infinity);
  Index i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    low = min(load(x + i), low);
    high = max(load(x + i), high);
  }
  Scalar lows[kWidth], highs[kWidth];
  store(lows, low);
  store(highs, high);
  MinMax result{infinity, -infinity};
  auto take = [&result](Scalar low_lane, Scalar high_lane) {
    result.min = low_lane < result.min ? low_lane : result.min;
    result.max = high_lane > result.max ? high_lane : result.max;
  };
  for (int lane = 0; lane < kWidth; ++lane) take(lows[lane], highs[lane]);
  for (; i < n; ++i) take(x[i], x[i]);
  return result;
}

NN_TARGET void axpy(Index n, Scalar alpha, const Scalar* x, Scalar* y) {
  const Vec factor = set1(alpha);
  Index i = 0;
  for (; i + kWidth <= n; i += kWidth) store(y + i, add(load(y + i), mul(factor, load(x + i))));
  if (i == n) return;
  const Lanes rest = first_lanes(static_cast<int>(n - i));
  store_lanes(y + i, add(load_lanes(y + i, rest), mul(factor, load_lanes(x + i, rest))), rest);
}

/// The three states of one vector of weights.
struct AdamVecs {
  Vec m, v, w;
};

NN_VECTOR_FUNCTION AdamVecs adam_step(const AdamStep& s, Vec g, AdamVecs at) {
  const Vec m = add(mul(set1(s.beta1), at.m), mul(set1(s.gain1), g));
  const Vec v = add(mul(set1(s.beta2), at.v), mul(set1(s.gain2), mul(g, g)));
  const Vec spread = add(div(sqrt(v), set1(s.root)), set1(s.epsilon));
  return {m, v, sub(at.w, mul(set1(s.rate), div(m, spread)))};
}

NN_TARGET void adam(Index n, const AdamStep& s, const Scalar* g, Scalar* m, Scalar* v, Scalar* w) {
  Index i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    const AdamVecs next = adam_step(s, load(g + i), {load(m + i), load(v + i), load(w + i)});
    store(m + i, next.m);
    store(v + i, next.v);
    store(w + i, next.w);
  }
  if (i == n) return;
  const Lanes rest = first_lanes(static_cast<int>(n - i));
  const AdamVecs next =
      adam_step(s, load_lanes(g + i, rest),
                {load_lanes(m + i, rest), load_lanes(v + i, rest), load_lanes(w + i, rest)});
  store_lanes(m + i, next.m, rest);
  store_lanes(v + i, next.v, rest);
  store_lanes(w + i, next.w, rest);
}

NN_TARGET void over_root(Index n, Scalar epsilon, const Scalar* g, const Scalar* v, Scalar* y) {
  const Vec e = set1(epsilon);
  Index i = 0;
  for (; i + kWidth <= n; i += kWidth) store(y + i, div(load(g + i), add(sqrt(load(v + i)), e)));
  if (i == n) return;
  const Lanes rest = first_lanes(static_cast<int>(n - i));
  const Vec spread = add(sqrt(load_lanes(v + i, rest)), e);
  store_lanes(y + i, div(load_lanes(g + i, rest), spread), rest);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
