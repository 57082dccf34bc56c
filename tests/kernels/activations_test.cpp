// The kernels of activations.inl.
#include <algorithm>
#include <cmath>

#include "math_sample.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

constexpr Bend kBend{Scalar(0.5), 20};
const long double kRootTwoPi = std::sqrt(2 * std::acos(-1.0L));

long double normal(long double x) { return std::erfc(-x / std::sqrt(2.0L)) / 2; }
long double normal_density(long double x) { return std::exp(-x * x / 2) / kRootTwoPi; }
constexpr long double kCube = static_cast<Scalar>(0.044715);
long double cubic(long double x) { return 4 / kRootTwoPi * x * (1 + kCube * x * x); }

long double exact_gelu(long double x) { return x * normal(x); }
long double exact_gelu_slope(long double x) { return normal(x) + x * normal_density(x); }
long double exact_gelu_tanh(long double x) { return x * exact_sigmoid(cubic(x)); }
long double exact_gelu_tanh_slope(long double x) {
  const long double w = cubic(x), rise = 4 / kRootTwoPi * (1 + 3 * kCube * x * x);
  return exact_sigmoid(w) * (1 + x * exact_sigmoid(-w) * rise);
}
long double exact_silu(long double x) { return x * exact_sigmoid(x); }
long double exact_silu_slope(long double x) {
  return exact_sigmoid(x) * (1 + x * exact_sigmoid(-x));
}
long double exact_softplus(long double x) {
  const long double a = kBend.beta * x;
  return a > kBend.threshold ? x : std::log1p(std::exp(a)) / kBend.beta;
}
long double exact_softplus_slope(long double x) {
  const long double a = kBend.beta * x;
  return a > kBend.threshold ? 1 : exact_sigmoid(a);
}

/// A function, or the slope that its backward multiplies by: y[i] = f(x[i]).
struct Activation {
  const char* name;
  void (*apply)(const Table& table, Index n, const Scalar* x, Scalar* y);
  long double (*exact)(long double);
  double max_ulp;
};

void call(void (*kernel)(Index, const Scalar*, Scalar*), Index n, const Scalar* x, Scalar* y) {
  kernel(n, x, y);
}
void call(void (*kernel)(Index, const Bend&, const Scalar*, Scalar*), Index n, const Scalar* x,
          Scalar* y) {
  kernel(n, kBend, x, y);
}
void call(void (*kernel)(Index, const Scalar*, const Scalar*, Scalar*), Index n, const Scalar* x,
          Scalar* y) {
  kernel(n, Values(static_cast<std::size_t>(n), 1).data(), x, y);
}
void call(void (*kernel)(Index, const Bend&, const Scalar*, const Scalar*, Scalar*), Index n,
          const Scalar* x, Scalar* y) {
  kernel(n, kBend, Values(static_cast<std::size_t>(n), 1).data(), x, y);
}

template <auto kernel>
void apply(const Table& table, Index n, const Scalar* x, Scalar* y) {
  call(table.*kernel, n, x, y);
}

const Activation kActivations[] = {
    {"gelu", apply<&Table::gelu>, exact_gelu, 6},
    {"gelu_tanh", apply<&Table::gelu_tanh>, exact_gelu_tanh, 3},
    {"silu", apply<&Table::silu>, exact_silu, 4},
    {"softplus", apply<&Table::softplus>, exact_softplus, 2},
    {"gelu_slope", apply<&Table::gelu_backward>, exact_gelu_slope, 6},
    {"gelu_tanh_slope", apply<&Table::gelu_tanh_backward>, exact_gelu_tanh_slope, 3},
    {"silu_slope", apply<&Table::silu_backward>, exact_silu_slope, 5},
    {"softplus_slope", apply<&Table::softplus_backward>, exact_softplus_slope, 2}};

/// How far f(x) may be off. Where a slope changes its sign, between -2 and 0, it is a difference of
/// two numbers below 1/4. A sigmoid below the normal numbers has lost digits. The error of
/// gelu_tanh's w is one of e^w.
long double tolerance(const Activation& f, Scalar x) {
  const bool crosses = x < 0 && x > -2 && std::string(f.name).ends_with("slope");
  const bool is_cubic = std::string(f.name).starts_with("gelu_tanh") && x < 0;
  const long double size = std::fabs(f.exact(x)) + (crosses ? 0.25L : 0);
  const long double ulps = f.max_ulp + (is_cubic ? 3 * std::fabs(cubic(x)) : 0);
  const int exponent = std::max(std::ilogb(size), Limits::min_exponent - 1);
  return std::ldexp(ulps, exponent - Limits::digits + 1) +
         (std::fabs(x) + 1) * Limits::denorm_min();
}

class ActivationsTest : public TableTest {};

TEST_P(ActivationsTest, GivesTheBitsOfTheScalarKernels) {
  const Values& x = sample();
  const auto n = static_cast<Index>(x.size());
  for (const Activation& f : kActivations) {
    static Values expected[std::size(kActivations)];
    Values& reference = expected[&f - kActivations];
    if (reference.empty()) {
      reference.resize(x.size());
      f.apply(scalar_table(), n, x.data(), reference.data());
    }
    Values y(x.size());
    f.apply(table(), n, x.data(), y.data());
    ASSERT_TRUE(same_bits(y, reference)) << f.name;
  }
}

TEST_P(ActivationsTest, EveryLengthInPlaceAndNothingBehind) {
  const Values x(sample().end() - 80, sample().end());
  for (const Activation& f : kActivations) {
    Values whole(x.size());
    f.apply(table(), static_cast<Index>(x.size()), x.data(), whole.data());
    for (std::size_t n = 0; n <= 70; ++n) {
      Values y = x, expected = x;
      std::copy_n(whole.begin(), n, expected.begin());
      f.apply(table(), static_cast<Index>(n), y.data(), y.data());
      ASSERT_TRUE(same_bits(y, expected)) << f.name << " of " << n << " values";
    }
  }
}

TEST_P(ActivationsTest, BackwardIsTheSlopeTimesDelta) {
  const Values x = numbers(70, 1, -6, 6), delta = numbers(70, 2, -3, 3);
  using Backward = void (*Table::*)(Index, const Scalar*, const Scalar*, Scalar*);
  for (Backward kernel :
       {&Table::gelu_backward, &Table::gelu_tanh_backward, &Table::silu_backward}) {
    Values slope(70), dx(70);
    call(table().*kernel, 70, x.data(), slope.data());
    (table().*kernel)(70, delta.data(), x.data(), dx.data());
    for (std::size_t i = 0; i < 70; ++i) ASSERT_EQ(dx[i], delta[i] * slope[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, ActivationsTest, testing::ValuesIn(tested_tables()), name_of);

TEST(Activations, StayWithinTheirErrorBounds) {
  const Values& x = sample();
  Values y(x.size());
  for (const Activation& f : kActivations) {
    f.apply(choose_table(nullptr), static_cast<Index>(x.size()), x.data(), y.data());
    for (std::size_t i = 0; i < y.size(); ++i) {
      if (!std::isfinite(x[i])) continue;
      const long double exact = f.exact(x[i]);
      ASSERT_LE(std::fabs(static_cast<long double>(y[i]) - exact), tolerance(f, x[i]))
          << f.name << " of " << x[i] << " is " << y[i] << ", not " << exact;
    }
  }
}

TEST(Activations, HaveTheirLimits) {
  const Scalar x[] = {kInfinity, -kInfinity, Limits::max(), Limits::lowest(), kNaN, Scalar(-0.0)};
  for (const Activation& f : kActivations) {
    const bool is_slope = std::string(f.name).ends_with("slope");
    Scalar y[6];
    f.apply(choose_table(nullptr), 6, x, y);
    EXPECT_EQ(y[0], is_slope ? Scalar{1} : kInfinity) << f.name;
    EXPECT_EQ(y[1], 0) << f.name;
    EXPECT_EQ(y[2], is_slope ? Scalar{1} : Limits::max()) << f.name;
    EXPECT_EQ(y[3], 0) << f.name;
    EXPECT_TRUE(std::isnan(y[4])) << f.name;
    if (std::string(f.name).starts_with("softplus")) continue;
    EXPECT_EQ(y[5], is_slope ? Scalar(0.5) : Scalar(-0.0)) << f.name;
    EXPECT_EQ(std::signbit(y[5]), !is_slope) << f.name;
  }
}

TEST(Activations, SoftplusIsItsInputAboveTheThreshold) {
  const Bend bend{2, 3};
  const Scalar x[] = {Scalar(1.5), Scalar(1.5625)}, ones[] = {1, 1};
  Scalar y[2], slope[2];
  choose_table(nullptr).softplus(2, bend, x, y);
  choose_table(nullptr).softplus_backward(2, bend, ones, x, slope);
  EXPECT_NEAR(y[0], 1.5242936758, 1e-6);
  EXPECT_NEAR(slope[0], 0.9525741268, 1e-6);
  EXPECT_EQ(y[1], x[1]);
  EXPECT_EQ(slope[1], 1);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
