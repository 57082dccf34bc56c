#pragma once

#include <cstdint>

#include "nn/core/scalar.hpp"

/// Numbers of the elementwise functions. The polynomials are minimax fits (Remez) for the errors
/// that math.inl states.
namespace nn::inline NN_PRECISION::kernels {

#ifdef NN_DOUBLE
constexpr int kMantissaBits = 52;
constexpr int kExponentBias = 1023;
constexpr std::uint64_t kSignBit = 0x8000000000000000u;
constexpr std::uint64_t kMantissaMask = 0x000fffffffffffffu;
constexpr std::uint64_t kOneBits = 0x3ff0000000000000u;
constexpr std::uint64_t kSqrtHalfBits = 0x3fe6a09e667f3bcdu;
constexpr Scalar kMinNormal = 0x1p-1022;
constexpr Scalar kSubnormalScale = 0x1p54;
constexpr Scalar kSubnormalExponent = 54;
constexpr Scalar kExpLowest = -746;  // e^x rounds to 0 from here down
constexpr Scalar kExpHighest = 710;  // and to infinity from here up
constexpr Scalar kTanhHighest = 20;  // tanh rounds to 1 from here up
constexpr Scalar kLog2E = 0x1.71547652b82fep+0;
constexpr Scalar kLn2High = 0x1.62e42fefa3000p-1;  // times any exponent: exact
constexpr Scalar kLn2Low = 0x1.3de6af278ece6p-42;
/// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2, from the lowest power up
constexpr Scalar kExpPolynomial[] = {0.5,
                                     0.16666666666666677,
                                     0.041666666666666699,
                                     0.0083333333333221495,
                                     0.0013888888888867782,
                                     0.00019841269884955109,
                                     2.4801587359084416e-05,
                                     2.7557245280926143e-06,
                                     2.7557243794538207e-07,
                                     2.5108693335451518e-08,
                                     2.0924173008507553e-09};
/// (log((1 + s) / (1 - s)) - 2 s) / s^3 in s^2, for |s| <= (sqrt 2 - 1) / (sqrt 2 + 1)
constexpr Scalar kLogPolynomial[] = {0.66666666666667185, 0.39999999999497615, 0.28571428726661158,
                                     0.22222199996461378, 0.181834976715049,   0.15315610153422954,
                                     0.14781524174145783};
#else
constexpr int kMantissaBits = 23;
constexpr int kExponentBias = 127;
constexpr std::uint32_t kSignBit = 0x80000000u;
constexpr std::uint32_t kMantissaMask = 0x007fffffu;
constexpr std::uint32_t kOneBits = 0x3f800000u;
constexpr std::uint32_t kSqrtHalfBits = 0x3f3504f3u;
constexpr Scalar kMinNormal = 0x1p-126f;
constexpr Scalar kSubnormalScale = 0x1p24f;
constexpr Scalar kSubnormalExponent = 24;
constexpr Scalar kExpLowest = -104;
constexpr Scalar kExpHighest = 89;
constexpr Scalar kTanhHighest = 10;
constexpr Scalar kLog2E = 0x1.715476p+0f;
constexpr Scalar kLn2High = 0x1.62e4p-1f;
constexpr Scalar kLn2Low = 0x1.7f7d1cp-20f;
constexpr Scalar kExpPolynomial[] = {0.5f,           0.166666672f,   0.0416663662f,
                                     0.00833327416f, 0.00139403262f, 0.000199136586f};
constexpr Scalar kLogPolynomial[] = {0.6666677f, 0.399779409f, 0.298629701f};
#endif
/// kRounder + x, for |x| < 2^(kMantissaBits - 2), holds x rounded to an integer in its low bits;
/// with the bias too, it holds the exponent of 2^x, which only needs to be moved into place.
constexpr Scalar kRounder = static_cast<Scalar>(std::uint64_t{3} << (kMantissaBits - 1));
constexpr Scalar kBiasedRounder = kRounder + kExponentBias;

}  // namespace nn::inline NN_PRECISION::kernels
