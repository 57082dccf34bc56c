// exp, log, tanh and sigmoid of a vector. Every lane is computed alone, by the same correctly
// rounded operations in every instruction set, so all of them give the same bits. Nothing here
// depends on the rounding or flush-to-zero mode but through those operations.

#include <limits>

#include "kernels/math_constants.hpp"

namespace nn::inline NN_PRECISION::kernels {
namespace {

/// The sum of c[i] power^i, pair by pair (Estrin): Horner's chain of additions takes the time of
/// all its latencies.
template <int kCount>
NN_VECTOR_FUNCTION Vec sum_pairs(const Vec (&c)[kCount], Vec power) {
  if constexpr (kCount == 1) {
    return c[0];
  } else {
    Vec pairs[(kCount + 1) / 2];
    NN_UNROLL
    for (int i = 0; i < kCount / 2; ++i) pairs[i] = fma(c[2 * i + 1], power, c[2 * i]);
    if constexpr (kCount % 2 != 0) pairs[kCount / 2] = c[kCount - 1];
    return sum_pairs(pairs, mul(power, power));
  }
}

template <int kCount>
NN_VECTOR_FUNCTION Vec polynomial(const Scalar (&coefficients)[kCount], Vec x) {
  Vec c[kCount];
  NN_UNROLL
  for (int i = 0; i < kCount; ++i) c[i] = set1(coefficients[i]);
  return sum_pairs(c, x);
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

#ifndef NN_HAS_SCALE
/// x 2^n for an integer n, in two steps of which only the second rounds: into the subnormal numbers
/// or to infinity.
NN_VECTOR_FUNCTION Vec scale(Vec x, Vec n) {
  const Power half = power_of_two(n, Scalar{0.5}), other = power_of_two(sub(n, half.n), Scalar{1});
  return mul(mul(x, half.value), other.value);
}
#endif

/// x / (base + y) with the rounding error of the sum made good; base is 1 or 2, y >= 0.
NN_VECTOR_FUNCTION Vec divide_by_sum(Vec x, Vec base, Vec y) {
  const Vec sum = add(base, y), error = sub(y, sub(sum, base));
  const Vec inverse = div(set1(1), sum), ratio = mul(x, inverse);
  const Vec rest = fnma(ratio, error, fnma(ratio, sum, x));
  return fma(rest, inverse, ratio);
}

/// e^x, where NaN counts as minus infinity: e^x = 2^n e^r, r = x - n ln 2, |r| <= ln(2) / 2.
NN_VECTOR_FUNCTION Vec exp_finite(Vec x) {
  x = min(max(x, set1(kExpLowest)), set1(kExpHighest));
  const Vec n = sub(fma(x, set1(kLog2E), set1(kRounder)), set1(kRounder));
  // e^r = (1 + r_high) + (its rounding error + r_low + r^2 P(r))
  const Vec r_high = fma(n, set1(-kLn2High), x), r = fma(n, set1(-kLn2Low), r_high);
  const Vec sum = add(set1(1), r_high), error = sub(r_high, sub(sum, set1(1)));
  const Vec rest = fma(mul(r, r), polynomial(kExpPolynomial, r), fma(n, set1(-kLn2Low), error));
  return scale(add(sum, rest), n);
}

NN_VECTOR_FUNCTION Vec exp_of(Vec x) { return keep_nan(x, exp_finite(x)); }

/// e^-|x|, where NaN counts as infinity.
NN_VECTOR_FUNCTION Vec falling_power(Vec x) { return exp_finite(bit_or(x, set1_bits(kSignBit))); }

/// 1 / (1 + e^-x) = e^x / (1 + e^x): of the two, the one whose power, e^-|x|, is at most 1.
NN_VECTOR_FUNCTION Vec sigmoid_by(Vec x, Vec power) {
  const Vec one = set1(1);
  return keep_nan(x, divide_by_sum(select(less(x, set1(0)), power, one), one, power));
}
NN_VECTOR_FUNCTION Vec sigmoid_of(Vec x) { return sigmoid_by(x, falling_power(x)); }

/// tanh |x| = E / (E + 2), E = e^(2|x|) - 1 = (2^n - 1) + 2^n (e^r - 1), summed with its rounding
/// error.
NN_VECTOR_FUNCTION Vec tanh_of(Vec x) {
  const Vec sign = set1_bits(kSignBit), one = set1(1), two = set1(2);
  const Vec magnitude = min(bit_and(x, set1_bits(~kSignBit)), set1(kTanhHighest));
  const Vec twice = add(magnitude, magnitude);
  const Power scale = power_of_two(twice, kLog2E);
  const Vec r = fma(scale.n, set1(-kLn2Low), fma(scale.n, set1(-kLn2High), twice));
  const Vec whole = sub(scale.value, one), part = mul(scale.value, r), sum = add(whole, part);
  const Vec curve = mul(scale.value, mul(mul(r, r), polynomial(kExpPolynomial, r)));
  const Vec expm1 = add(sum, add(curve, sub(part, sub(sum, whole))));
  const Vec y = divide_by_sum(expm1, two, expm1);
  return keep_nan(x, bit_or(y, bit_and(x, sign)));
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

NN_VECTOR_FUNCTION Vec log_of(Vec x) {
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
NN_VECTOR_FUNCTION Vec bce_of(Vec t, Vec p) {
  const Vec one = set1(1), lowest = set1(-100);
  const Vec log_p = at_least(lowest, log_of(p)), log_q = at_least(lowest, log_of(sub(one, p)));
  return mul(set1(-1), add(mul(t, log_p), mul(sub(one, t), log_q)));
}

/// ln(1 + u), 0 <= u <= 1. With w = 1 + u rounded and its error c = u - (w - 1), which is exact,
/// ln(w + c) = ln w + c / w, where 1 / w is 1 - (w - 1) + (w - 1)^2 / 2 near enough.
NN_VECTOR_FUNCTION Vec log1p_of(Vec u) {
  const Vec one = set1(1), w = add(one, u), d = sub(w, one);
  const Vec inverse = fma(fma(set1(Scalar{0.5}), d, set1(-1)), d, one);
  return fma(sub(u, d), inverse, log_normal(w, set1(kRounder + kExponentBias)));
}

/// max(z, 0) - z t + ln(1 + e^-|z|), power being e^-|z|. A NaN stays one by its first term.
NN_VECTOR_FUNCTION Vec bce_with_logits_by(Vec t, Vec z, Vec power) {
  return add(sub(at_least(set1(0), z), mul(z, t)), log1p_of(power));
}

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
