// GELU, SiLU and Softplus. The first two are x g(x) for a gate g that rises from 0 to 1 with
// g(-x) = 1 - g(x). So with t = |x| all is told by the gate's small side, g(-t):
//     x g(x) = max(x, 0) - t g(-t)
//     (x g(x))' = s(t) for x < 0, else 1 - s(t), with s(t) = g(-t) - t g'(t)
// Nothing cancels where g is small. t stops where g(-t) rounds to 0, and for NaN too: an infinity
// does no harm, and of two terms of a sum at most one is a NaN, or it would be open which the sum
// is.
#pragma once

#include "kernels/elementwise.inl"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// |x|, but `highest` where it is larger or NaN.
NN_VECTOR_FUNCTION Vec magnitude(Vec x, Scalar highest) {
  return min(bit_and(x, set1_bits(~kSignBit)), set1(highest));
}

/// (x g(x))' from s(|x|).
NN_VECTOR_FUNCTION Vec gate_slope(Vec x, Vec s) {
  const Vec slope = select(less(x, set1(0)), s, sub(set1(1), s));
  return select(equal(x, x), slope, x);
}

/// The normal distribution at t >= 0: its tail g(-t) = ratio e^(-t^2 / 2) and its density, which is
/// g'(t) = e^(-t^2 / 2) / sqrt(2 pi). power is e^(-t^2 / 2) of a rounded t^2; half_rest is half of
/// what the rounding took, which times_power() makes good.
struct NormalTail {
  Vec power, ratio, half_rest;
};

NN_VECTOR_FUNCTION NormalTail normal_tail(Vec t) {
  const Vec square = mul(t, t), half_rest = mul(set1(Scalar{0.5}), fma(t, t, sub(set1(0), square)));
  const Vec u = div(set1(1), add(t, set1(kMillsShift)));
  const Vec q = mul(sub(t, set1(kMillsShift)), u);  // from -1 for t = 0 to nearly 1
  return {exp_in_range(max(set1(kExpLowest), mul(set1(Scalar{-0.5}), square))),
          mul(u, polynomial(kMillsPolynomial, q)), half_rest};
}

/// a e^(-t^2 / 2). The power comes last, as it may be subnormal.
NN_VECTOR_FUNCTION Vec times_power(Vec a, const NormalTail& tail) {
  return mul(fnma(a, tail.half_rest, a), tail.power);
}

NN_VECTOR_FUNCTION Vec gelu(Vec x) {
  const Vec t = magnitude(x, kNormalHighest);
  const NormalTail tail = normal_tail(t);
  return sub(at_least(set1(0), x), times_power(mul(t, tail.ratio), tail));
}

NN_VECTOR_FUNCTION Vec gelu_slope(Vec x) {
  const Vec t = magnitude(x, kNormalHighest);
  const NormalTail tail = normal_tail(t);
  return gate_slope(x, times_power(fnma(t, set1(kInverseSqrt2Pi), tail.ratio), tail));
}

/// sigmoid(-w), w >= 0.
NN_VECTOR_FUNCTION Vec sigmoid_of_minus(Vec w) {
  const Vec power = exp_minus_abs(w);
  return div(power, add(set1(1), power));
}

/// x g(x) for the gate g(x) = sigmoid(w(x)); t = |x|, w = w(t).
NN_VECTOR_FUNCTION Vec logistic_gate(Vec x, Vec t, Vec w) {
  return fnma(t, sigmoid_of_minus(w), at_least(set1(0), x));
}
/// Its derivative: g' = g(t) g(-t) w', rise being t w'(t).
NN_VECTOR_FUNCTION Vec logistic_gate_slope(Vec x, Vec w, Vec rise) {
  const Vec g = sigmoid_of_minus(w);
  return gate_slope(x, mul(g, fnma(rise, sub(set1(1), g), set1(1))));
}

/// a t (1 + b t^2)
NN_VECTOR_FUNCTION Vec cubic(Vec t, Scalar a, Scalar b) {
  return mul(mul(set1(a), t), fma(mul(t, t), set1(b), set1(1)));
}

NN_VECTOR_FUNCTION Vec gelu_tanh(Vec x) {
  const Vec t = magnitude(x, kCubicHighest);
  return logistic_gate(x, t, cubic(t, kGeluScale, kGeluCubic));
}
NN_VECTOR_FUNCTION Vec gelu_tanh_slope(Vec x) {
  const Vec t = magnitude(x, kCubicHighest);
  return logistic_gate_slope(x, cubic(t, kGeluScale, kGeluCubic),
                             cubic(t, kGeluScale, 3 * kGeluCubic));
}

NN_VECTOR_FUNCTION Vec silu(Vec x) {
  const Vec t = magnitude(x, -kExpLowest);
  return logistic_gate(x, t, t);
}
NN_VECTOR_FUNCTION Vec silu_slope(Vec x) {
  const Vec t = magnitude(x, -kExpLowest);
  return logistic_gate_slope(x, t, t);
}

NN_VECTOR_FUNCTION Vec softplus(const Bend& bend, Vec x) {
  const Vec a = mul(set1(bend.beta), x);
  const Vec curve = add(at_least(set1(0), a), log1p(min(exp_minus_abs(a), set1(1))));
  return select(less(set1(bend.threshold), a), x, div(curve, set1(bend.beta)));
}
NN_VECTOR_FUNCTION Vec softplus_slope(const Bend& bend, Vec x) {
  const Vec a = mul(set1(bend.beta), x);
  return select(less(set1(bend.threshold), a), set1(1), sigmoid(a));
}

NN_UNARY_LOOP(gelu, gelu(a))
NN_UNARY_LOOP(gelu_tanh, gelu_tanh(a))
NN_UNARY_LOOP(silu, silu(a))
NN_UNARY_LOOP(softplus, softplus(bend, a), const Bend& bend)
NN_BINARY_LOOP(gelu_backward, mul(a, gelu_slope(b)))
NN_BINARY_LOOP(gelu_tanh_backward, mul(a, gelu_tanh_slope(b)))
NN_BINARY_LOOP(silu_backward, mul(a, silu_slope(b)))
NN_BINARY_LOOP(softplus_backward, mul(a, softplus_slope(bend, b)), const Bend& bend)

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
