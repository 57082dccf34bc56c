// The largest error of exp, log, tanh and sigmoid over all 2^32 floats, in units in the last place,
// and where: lines `libnn,exp,max-ulp,0.98` and `libnn,exp,at,-87.3`. The measure is the C
// library's function in double. Takes minutes; needs no data.
#include <bit>
#include <cmath>
#include <limits>
#include <mutex>

#include "bench/bench.hpp"
#include "kernels/kernels.hpp"
#include "nn/core/threads.hpp"

namespace {

using Limits = std::numeric_limits<float>;

/// |got - exact| in units of the last place that a float has at `exact`; infinite where one of them
/// is NaN or beyond all floats and the other is not.
double ulps(float got, double exact) {
  constexpr double beyond = 0x1.ffffffp127;  // rounds to infinity
  if (std::isnan(got) || std::isnan(exact))
    return std::isnan(got) && std::isnan(exact) ? 0 : INFINITY;
  if (std::isinf(got) || std::fabs(exact) >= beyond)
    return std::isinf(got) && std::fabs(exact) >= beyond && std::signbit(got) == std::signbit(exact)
               ? 0
               : INFINITY;
  const int biased = static_cast<int>(std::bit_cast<std::uint64_t>(exact) >> 52 & 0x7ff);
  const int exponent = std::max(biased - 1023, Limits::min_exponent - 1) - (Limits::digits - 1);
  const double last_place =
      std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
  return std::fabs(static_cast<double>(got) - exact) / last_place;
}

using Function = void (*)(nn::Index, const float*, float*);

template <class Exact>
void measure(const char* name, Function function, Exact exact) {
  if (!bench::selected(name)) return;
  constexpr nn::Index block = 1 << 16, blocks = nn::Index{1} << 16;
  double worst = 0;
  float where = 0;
  std::mutex mutex;
  nn::parallel_for(blocks, 1, [&](nn::Index begin, nn::Index end) {
    std::vector<float> x(block), y(block);
    double largest = 0;
    float at = 0;
    for (nn::Index b = begin; b < end; ++b) {
      for (nn::Index i = 0; i < block; ++i)
        x[static_cast<std::size_t>(i)] =
            std::bit_cast<float>(static_cast<std::uint32_t>(b * block + i));
      function(block, x.data(), y.data());
      for (std::size_t i = 0; i < x.size(); ++i)
        if (const double error = ulps(y[i], exact(static_cast<double>(x[i]))); error > largest)
          largest = error, at = x[i];
    }
    const std::lock_guard lock(mutex);
    if (largest > worst) worst = largest, where = at;
  });
  bench::report(name, "max-ulp", worst);
  bench::report(name, "at", static_cast<double>(where));
}

}  // namespace

int main() {
  nn::set_num_threads(bench::thread_count());
  measure("exp", nn::kernels::active().exp, [](double x) { return std::exp(x); });
  measure("log", nn::kernels::active().log, [](double x) { return std::log(x); });
  measure("tanh", nn::kernels::active().tanh, [](double x) { return std::tanh(x); });
  measure("sigmoid", nn::kernels::active().sigmoid,
          [](double x) { return 1 / (1 + std::exp(-x)); });
}
