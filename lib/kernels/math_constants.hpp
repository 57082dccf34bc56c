#pragma once

#include <cstdint>

#include "nn/core/scalar.hpp"

/// Numbers of the elementwise functions. The polynomials are minimax fits (Remez) for the errors
/// that math.inl states.
namespace nn { inline namespace NN_PRECISION { namespace kernels {

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
/// (e^r - 1 - r) / r^2 for -0.347 <= r <= 0.407, from the lowest power up
constexpr Scalar kExpPolynomial[] = {
    0x1.0000000000011p-1,  0x1.5555555555776p-3,  0x1.555555554e0bp-5,   0x1.1111111081451p-7,
    0x1.6c16c18bd363ep-10, 0x1.a01a04c04f848p-13, 0x1.a0198819c9c45p-16, 0x1.71d71f0107662p-19,
    0x1.28bba9c1c7652p-22, 0x1.ba19801b38d5cp-26};
/// (log((1 + s) / (1 - s)) - 2 s) / s^3 in s^2, for |s| <= (sqrt 2 - 1) / (sqrt 2 + 1)
constexpr Scalar kLogPolynomial[] = {0.66666666666667185, 0.39999999999497615, 0.28571428726661158,
                                     0.22222199996461378, 0.181834976715049,   0.15315610153422954,
                                     0.14781524174145783};
/// (log(1 + u) - u) / u^2 for 0 <= u <= 1
constexpr Scalar kLog1pPolynomial[] = {
    -0x1.fffffffffff9ap-2, 0x1.5555555550de2p-2,  -0x1.fffffffdc61d4p-3,  0x1.9999995088b25p-3,
    -0x1.55554fa78de31p-3, 0x1.2491fde6d8a93p-3,  -0x1.fffa7d76166bep-4,  0x1.c6f65847cdbc9p-4,
    -0x1.98d1463a91d7cp-4, 0x1.7129b5dc1d53cp-4,  -0x1.4af772d0e7777p-4,  0x1.2018fdd06beb5p-4,
    -0x1.d6d110eef463p-5,  0x1.5a3c84fe5ef7ep-5,  -0x1.b5a5de5e076dap-6,  0x1.c4bc7d3ca7a78p-7,
    -0x1.6a8a609a14d75p-8, 0x1.a14c61e3391c3p-10, -0x1.3111a59ceffcdp-12, 0x1.a79a0e063bb4p-16};
constexpr Scalar kNormalHighest = Scalar{38.7};  // e^(-t^2 / 2) rounds to 0 from here up
/// Phi(-t) e^(t^2 / 2) (t + 4) in q = (t - 4) / (t + 4), for 0 <= t <= kNormalHighest
constexpr Scalar kMillsPolynomial[] = {
    0x1.82b4bb8c94dcep-1,  -0x1.373e3a893c28ap-1,  0x1.8c6dbf2cfc2afp-2,   -0x1.7dff2bff68366p-3,
    0x1.eec4cc3e4db51p-5,  -0x1.ee2761048bed2p-8,  -0x1.c81719d60d309p-9,  0x1.ab825fc3c8d35p-10,
    0x1.17a4aebdf1ea9p-13, -0x1.e4a42614fa559p-13, -0x1.001f415e6d852p-19, 0x1.26d0a451a7488p-15,
    0x1.80c1d8ceb8727p-21, -0x1.8d4be342cc9a8p-18, -0x1.521108d79c728p-21, 0x1.123954cdf0348p-20,
    0x1.23dab4476637bp-22, -0x1.4ccf0fe1291f1p-23, -0x1.6edf04f108b95p-24, 0x1.c88927b912886p-27,
    0x1.51374a852cd4dp-26, 0x1.07a30c0264841p-29,  -0x1.5b0ed3b87c326p-29, -0x1.8fca40475d7d5p-31};
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
constexpr Scalar kExpPolynomial[] = {0.5f, 0x1.555434p-3f, 0x1.55509cp-5f, 0x1.1273e4p-7f,
                                     0x1.729c38p-10f};
constexpr Scalar kLogPolynomial[] = {0.6666677f, 0.399779409f, 0.298629701f};
constexpr Scalar kLog1pPolynomial[] = {-0x1.ffffdp-2f,  0x1.554da4p-2f,  -0x1.ff2136p-3f,
                                       0x1.934142p-3f,  -0x1.3a2fa4p-3f, 0x1.b4872ap-4f,
                                       -0x1.d695d8p-5f, 0x1.492c9p-6f,   -0x1.afc06ep-9f};
constexpr Scalar kNormalHighest = 14.5f;
constexpr Scalar kMillsPolynomial[] = {
    0x1.82b4bcp-1f,  -0x1.373e3ap-1f, 0x1.8c6d8ep-2f,  -0x1.7dffc6p-3f, 0x1.eed98cp-5f,
    -0x1.ed4daep-8f, -0x1.cdd786p-9f, 0x1.9b62dcp-10f, 0x1.988772p-13f, -0x1.01ea14p-13f};
#endif
constexpr Scalar kMillsShift = 4;
constexpr Scalar kInverseSqrt2Pi = Scalar(0x1.9884533d43651p-2);
/// 2 sqrt(2 / pi) and the factor of the cube in GELU's approximation by tanh, whose sigmoid rounds
/// to 0 from -kCubicHighest down.
constexpr Scalar kGeluScale = Scalar(0x1.9884533d43651p+0), kGeluCubic = Scalar(0.044715);
constexpr Scalar kCubicHighest = 22;
/// e^x = 2^n e^r for n = x / ln 2 - kExpShift, rounded: so n grows by one where e^r is just below
/// 1.5.
constexpr Scalar kExpShift = 0x1.5bp-4;
/// kRounder + x, for |x| < 2^(kMantissaBits - 2), holds x rounded to an integer in its low bits;
/// with the bias too, it holds the exponent of 2^x, which only needs to be moved into place.
constexpr Scalar kRounder = static_cast<Scalar>(std::uint64_t{3} << (kMantissaBits - 1));
constexpr Scalar kBiasedRounder = kRounder + kExponentBias;

}}}  // namespace nn::NN_PRECISION::kernels
