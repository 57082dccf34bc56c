#include "kernels/speed.hpp"

#include <algorithm>
#include <chrono>

#include "kernels/product.hpp"
#include "kernels/table.hpp"
#include "nn/core/storage.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels {
namespace {

/// The fastest of a few small products: what else the machine does only slows.
double measure() {
  using Clock = std::chrono::steady_clock;
  constexpr Index size = 64, numbers = size * size;
  constexpr int kTimes = 16;  // the first ones run on cold caches and a slow clock
  const Storage room(3 * numbers);
  Scalar* a = room.data();
  std::fill_n(a, 2 * numbers, Scalar{1});
  const Product product{
      size,   size, size, 1, 1, {a, size, 1}, {a + numbers, size, 1}, 0, {a + 2 * numbers, size, 1},
      nullptr};
  double least = 0;
  for (int i = 0; i < kTimes; ++i) {
    const Clock::time_point start = Clock::now();
    active().multiply(product);
    const double ns = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
    if (i == 0 || ns < least) least = ns;
  }
  constexpr double kLeast = 1000;  // a clock may be coarse
  return 2.0 * size * size * size / std::max(least, kLeast);
}

}  // namespace

double operations_per_ns() {
  static const double speed = measure();
  return speed;
}

Index thread_grain() {
  constexpr double kWorthWaking = 4000;  // nanoseconds
  return static_cast<Index>(kWorthWaking / 2 * operations_per_ns()) + 1;
}

}}}  // namespace nn::NN_PRECISION::kernels
