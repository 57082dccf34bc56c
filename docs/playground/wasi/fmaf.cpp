// a b + c in float, rounded once, for CPUs without that instruction. musl's own rounds some
// subnormal results twice.
//
// In double the product is exact. The sum is rounded to odd: an inexact one gets an odd last bit.
// It has more than twice a float's bits, so the second rounding, to float, gives what one rounding
// would (Boldo and Melquiond, IEEE Transactions on Computers 57(4), 2008).
#include <bit>
#include <cstdint>

extern "C" float fmaf(float a, float b, float c) {
  const double product = static_cast<double>(a) * static_cast<double>(b);
  const double term = static_cast<double>(c);
  const double sum = product + term, part = sum - product;
  const double error = (product - (sum - part)) + (term - part);  // exact (Knuth)
  auto bits = std::bit_cast<std::uint64_t>(sum);
  if (error != 0 && sum - sum == 0 && bits % 2 == 0) bits += (error > 0) == (sum > 0) ? 1 : -1;
  return static_cast<float>(std::bit_cast<double>(bits));
}
