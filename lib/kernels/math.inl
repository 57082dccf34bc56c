// exp, log, tanh and sigmoid of a vector. Every lane is computed alone, by the same correctly
// rounded operations in every instruction set, so all of them give the same bits. Nothing here
// depends on the rounding or flush-to-zero mode but through those operations.
#pragma once

#include <limits>

#include "kernels/common.inl"
#include "kernels/math_constants.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

/// c[i] + c[i + 1] x, as far as there is a c[i + 1].
template <int kCount>
NN_VECTOR_FUNCTION Vec pair(const Scalar (&c)[kCount], int i, Vec x) {
  return i + 1 < kCount ? fma(set1(c[i + 1]), x, set1(c[i])) : set1(c[i]);
}

/// The sum of c[i] x^i by Horner's rule; longer ones in steps of x^2, which halves the chain of
/// additions.
template <int kCount>
NN_VECTOR_FUNCTION Vec polynomial(const Scalar (&c)[kCount], Vec x) {
  if constexpr (kCount == 3) return fma(pair(c, 1, x), x, set1(c[0]));
  constexpr int kLast = (kCount - 1) / 2 * 2;
  const Vec square = mul(x, x);
  Vec y = pair(c, kLast, x);
  NN_UNROLL
  for (int i = kLast - 2; i >= 0; i -= 2) y = fma(y, square, pair(c, i, x));
  return y;
}

/// n, an integer, and 2^n.
struct Power {
  Vec n, value;
};

/// For n = x factor, rounded to an integer within the exponents of normal numbers.
NN_VECTOR_FUNCTION Power power_of_two(Vec x, Scalar factor) {
  const Vec rounded = fma(x, set1(factor), set1(kBiasedRounder));
  return {sub(rounded, set1(kBiasedRounder)), shift_left<kMantissaBits>(rounded)};
}

#ifndef NN_HAS_LDEXP
/// x 2^n for an integer n, in two steps of which only the second rounds: into the subnormal numbers
/// or to infinity.
NN_VECTOR_FUNCTION Vec ldexp(Vec x, Vec n) {
  const Power half = power_of_two(n, Scalar{0.5}), other = power_of_two(sub(n, half.n), Scalar{1});
  return mul(mul(x, half.value), other.value);
}
#endif

/// n / d, made good by its remainder; inverse is 1 / d, or near it, and minus_d is -d.
NN_VECTOR_FUNCTION Vec quotient(Vec n, Vec inverse, Vec minus_d) {
  const Vec near = mul(n, inverse);
  return fma(fma(near, minus_d, n), inverse, near);
}

/// The magnitude of x with the sign of y.
NN_VECTOR_FUNCTION Vec copysign(Vec x, Vec y) {
  const Vec sign = set1_bits(kSignBit);
  return bit_or(bit_and(x, set1_bits(~kSignBit)), bit_and(y, sign));
}

/// e^r - 1 for -0.347 <= r <= 0.407.
NN_VECTOR_FUNCTION Vec expm1_reduced(Vec r) {
  return fma(mul(r, r), polynomial(kExpPolynomial, r), r);
}

/// e^x = 2^n e^r with r = x - n ln 2, for an x that lies in [kExpLowest, kExpHighest] or is NaN.
/// Where n changes, e^r is 0.75 or 1.5, not the root of 1/2 or of 2: as e^r - 1 lies from -0.25 to
/// 0.5, its rounding, and that of r, weigh a quarter of a unit in the last place at the most.
NN_VECTOR_FUNCTION Vec exp_in_range(Vec x) {
  const Vec shifted = fma(x, set1(kLog2E), set1(-kExpShift));
  const Vec n = sub(add(shifted, set1(kRounder)), set1(kRounder));
  const Vec r = fma(n, set1(-kLn2Low), fma(n, set1(-kLn2High), x));
  return ldexp(add(set1(1), expm1_reduced(r)), n);
}

NN_VECTOR_FUNCTION Vec exp(Vec x) {
  return exp_in_range(min(set1(kExpHighest), max(set1(kExpLowest), x)));
}

/// e^-|x|
NN_VECTOR_FUNCTION Vec exp_minus_abs(Vec x) {
  return exp_in_range(max(set1(kExpLowest), bit_or(x, set1_bits(kSignBit))));
}

/// 1 / (1 + e^-x), e^-|x| being power: with q = power / (1 + power) that is power - power q for a
/// negative x, else 1 - q.
NN_VECTOR_FUNCTION Vec sigmoid(Vec x, Vec power) {
  const Vec q = div(power, add(set1(1), power)), whole = select(less(x, set1(0)), power, set1(1));
  return fnma(whole, q, whole);
}
NN_VECTOR_FUNCTION Vec sigmoid(Vec x) { return sigmoid(x, exp_minus_abs(x)); }

/// tanh |x| = m / (2 - m) with m = 1 - e^(-2|x|) = (1 - 2^n) - 2^n (e^r - 1).
NN_VECTOR_FUNCTION Vec tanh(Vec x) {
  const Vec magnitude = min(set1(kTanhHighest), bit_and(x, set1_bits(~kSignBit)));
  const Power power = power_of_two(magnitude, -2 * kLog2E);
  const Vec twice = mul(magnitude, set1(-2));
  const Vec r = fma(power.n, set1(-kLn2Low), fma(power.n, set1(-kLn2High), twice));
  const Vec curve = expm1_reduced(r);
  const Vec m = fnma(power.value, curve, sub(set1(1), power.value));
  const Vec d = fma(power.value, curve, add(set1(1), power.value));
  return copysign(div(m, d), x);
}

/// log x = n ln 2 + log(1 + f) for a normal x, whose exponent is n + bias, with 1 + f in
/// [sqrt(1/2), sqrt(2)); with s = f / (2 + f), log(1 + f) = 2 atanh s = f - f^2 / 2 + s (f^2 / 2 +
/// s^2 P(s^2)).
NN_VECTOR_FUNCTION Vec log_normal(Vec x, Vec bias) {
  const Vec bits = bits_add(x, set1_bits(kOneBits - kSqrtHalfBits));
  const Vec n = sub(bit_or(shift_right<kMantissaBits>(bits), set1(kRounder)), bias);
  const Vec f =
      sub(bits_add(bit_and(bits, set1_bits(kMantissaMask)), set1_bits(kSqrtHalfBits)), set1(1));
  const Vec s = div(f, add(f, set1(2))), z = mul(s, s);
  const Vec minus_half_square = mul(mul(f, set1(Scalar{-0.5})), f);
  const Vec tail = sub(mul(z, polynomial(kLogPolynomial, z)), minus_half_square);
  const Vec rest = fma(s, tail, minus_half_square);
  const Vec whole = mul(n, set1(kLn2High)), sum = add(whole, f);
  const Vec low = fma(n, set1(kLn2Low), add(rest, sub(f, sub(sum, whole))));
  return add(sum, low);
}

NN_VECTOR_FUNCTION Vec log(Vec x) {
  const Vec infinity = set1(std::numeric_limits<Scalar>::infinity());
  const Vec bias = set1(kRounder + kExponentBias);
  const Cmp tiny = less(x, set1(kMinNormal)), below = less(x, infinity);
  if (all(below) && !any(tiny)) return log_normal(x, bias);
  Vec y = log_normal(select(tiny, mul(x, set1(kSubnormalScale)), x),
                     select(tiny, add(bias, set1(kSubnormalExponent)), bias));
  y = select(below, y, add(x, x));
  y = select(less(x, set1(0)), set1(std::numeric_limits<Scalar>::quiet_NaN()), y);
  return select(equal(x, set1(0)), sub(set1(0), infinity), y);
}

/// x, but `low` where it is smaller; NaN stays.
NN_VECTOR_FUNCTION Vec at_least(Vec low, Vec x) { return select(less(x, low), low, x); }

/// -(t ln p + (1 - t) ln(1 - p)), logarithms not below -100.
NN_VECTOR_FUNCTION Vec bce(Vec t, Vec p) {
  const Vec one = set1(1), lowest = set1(-100);
  const Vec log_p = at_least(lowest, log(p)), log_q = at_least(lowest, log(sub(one, p)));
  return mul(set1(-1), add(mul(t, log_p), mul(sub(one, t), log_q)));
}

/// ln(1 + u), 0 <= u <= 1.
NN_VECTOR_FUNCTION Vec log1p(Vec u) { return fma(mul(u, u), polynomial(kLog1pPolynomial, u), u); }

/// max(z, 0) - z t + ln(1 + e^-|z|), power being e^-|z|. A NaN stays one by its first term, the
/// only one to hold it: of two it would be open which one the sum is.
NN_VECTOR_FUNCTION Vec bce_with_logits(Vec t, Vec z, Vec power) {
  return add(sub(at_least(set1(0), z), mul(z, t)), log1p(min(power, set1(1))));
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
