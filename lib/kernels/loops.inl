// The loops over contiguous numbers. The body is a macro argument, since a call through a
// template's pointer would not be inlined with its target.

namespace nn::inline NN_PRECISION::kernels {
namespace {

// y[i] = expression of a = x[i]
#define NN_MAP(name, expression)                                   \
  NN_TARGET void name##_all(Index n, const Scalar* x, Scalar* y) { \
    Index i = 0;                                                   \
    for (; i + kWidth <= n; i += kWidth) {                         \
      const Vec a = load(x + i);                                   \
      store(y + i, expression);                                    \
    }                                                              \
    if (i == n) return;                                            \
    const Lanes rest = first_lanes(static_cast<int>(n - i));       \
    const Vec a = load_lanes(x + i, rest);                         \
    store_lanes(y + i, expression, rest);                          \
  }

// y[i] = expression of a = u[i], b = v[i]
#define NN_ZIP(name, expression)                                                    \
  NN_TARGET void name##_all(Index n, const Scalar* u, const Scalar* v, Scalar* y) { \
    Index i = 0;                                                                    \
    for (; i + kWidth <= n; i += kWidth) {                                          \
      const Vec a = load(u + i), b = load(v + i);                                   \
      store(y + i, expression);                                                     \
    }                                                                               \
    if (i == n) return;                                                             \
    const Lanes rest = first_lanes(static_cast<int>(n - i));                        \
    const Vec a = load_lanes(u + i, rest), b = load_lanes(v + i, rest);             \
    store_lanes(y + i, expression, rest);                                           \
  }

NN_MAP(exp, exp_of(a))
NN_MAP(log, log_of(a))
NN_MAP(tanh, tanh_of(a))
NN_MAP(sigmoid, sigmoid_of(a))
NN_MAP(relu, select(less(a, set1(0)), set1(0), a))
NN_ZIP(tanh_backward, mul(a, sub(set1(1), mul(b, b))))
NN_ZIP(sigmoid_backward, mul(a, mul(b, sub(set1(1), b))))
NN_ZIP(relu_backward, select(less(set1(0), b), a, set1(0)))

NN_ZIP(bce, bce_of(a, b))
NN_ZIP(bce_backward, div(sub(b, a), at_least(set1(Scalar(1e-12)), mul(b, sub(set1(1), b)))))
NN_ZIP(bce_with_logits, bce_with_logits_by(a, b, falling_power(b)))
NN_ZIP(bce_with_logits_backward, sub(sigmoid_of(b), a))

NN_TARGET void bce_with_logits_both_all(Index n, const Scalar* t, const Scalar* z, Scalar* cost,
                                        Scalar* dz) {
  Index i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    const Vec a = load(t + i), b = load(z + i), power = falling_power(b);
    store(cost + i, bce_with_logits_by(a, b, power));
    store(dz + i, sub(sigmoid_by(b, power), a));
  }
  if (i == n) return;
  const Lanes rest = first_lanes(static_cast<int>(n - i));
  const Vec a = load_lanes(t + i, rest), b = load_lanes(z + i, rest), power = falling_power(b);
  store_lanes(cost + i, bce_with_logits_by(a, b, power), rest);
  store_lanes(dz + i, sub(sigmoid_by(b, power), a), rest);
}

NN_TARGET Range range_all(Index n, const Scalar* x) {
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
  Range range{infinity, -infinity};
  auto take = [&range](Scalar smaller, Scalar larger) {
    range.low = smaller < range.low ? smaller : range.low;
    range.high = larger > range.high ? larger : range.high;
  };
  for (int lane = 0; lane < kWidth; ++lane) take(lows[lane], highs[lane]);
  for (; i < n; ++i) take(x[i], x[i]);
  return range;
}

NN_TARGET void axpy_all(Index n, Scalar alpha, const Scalar* x, Scalar* y) {
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

NN_TARGET void adam_all(Index n, const AdamStep& s, const Scalar* g, Scalar* m, Scalar* v,
                        Scalar* w) {
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

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
