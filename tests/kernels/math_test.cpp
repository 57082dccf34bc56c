#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "math_sample.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

using Function = void (*Table::*)(Index, const Scalar*, Scalar*);
struct Named {
  const char* name;
  Function function;
  long double (*exact)(long double);
  double max_ulp;
};

long double exact_exp(long double x) { return std::exp(x); }
long double exact_log(long double x) { return std::log(x); }
long double exact_tanh(long double x) { return std::tanh(x); }
const Named kFunctions[] = {{"exp", &Table::exp, exact_exp, kFloat ? 1 : 2},
                            {"log", &Table::log, exact_log, kFloat ? 1 : 2},
                            {"tanh", &Table::tanh, exact_tanh, kFloat ? 2 : 2.5},
                            {"sigmoid", &Table::sigmoid, exact_sigmoid, 2}};

std::vector<Scalar> apply(const Table& table, Function f, const std::vector<Scalar>& x) {
  std::vector<Scalar> y(x.size());
  (table.*f)(static_cast<Index>(x.size()), x.data(), y.data());
  return y;
}

class MathTest : public TableTest {};

TEST_P(MathTest, GivesTheBitsOfTheScalarKernels) {
  for (const Named& f : kFunctions) {
    static std::vector<Scalar> expected[4];
    std::vector<Scalar>& reference = expected[&f - kFunctions];
    if (reference.empty()) reference = apply(scalar_table(), f.function, sample());
    const std::vector<Scalar> got = apply(table(), f.function, sample());
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(std::bit_cast<Bits>(got[i]), std::bit_cast<Bits>(reference[i]))
          << f.name << "(" << sample()[i] << ")";
  }
}

TEST_P(MathTest, EveryLengthInPlaceAndNothingBehind) {
  const std::vector<Scalar> x(sample().end() - 80, sample().end());
  for (const Named& f : kFunctions) {
    const std::vector<Scalar> whole = apply(table(), f.function, x);
    for (std::size_t n = 0; n <= 70; ++n) {
      std::vector<Scalar> y = x;
      (GetParam().table->*f.function)(static_cast<Index>(n), y.data(), y.data());
      for (std::size_t i = 0; i < y.size(); ++i)
        ASSERT_EQ(std::bit_cast<Bits>(y[i]), std::bit_cast<Bits>(i < n ? whole[i] : x[i]))
            << f.name << " of " << n << " values, at " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, MathTest, testing::ValuesIn(tested_tables()), name_of);

TEST(Math, StaysWithinItsErrorBounds) {
  for (const Named& f : kFunctions) {
    const std::vector<Scalar> y = apply(choose_table(nullptr), f.function, sample());
    double worst = 0;
    Scalar where = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double error = ulps(y[i], f.exact(sample()[i]));
      if (error > worst) worst = error, where = sample()[i];
    }
    RecordProperty(f.name, std::to_string(worst));
    EXPECT_LE(worst, f.max_ulp) << f.name << " at " << where;
    EXPECT_GT(worst, 0.4) << f.name << ": the measure itself is in doubt";
  }
}

TEST(Math, CostOfALogitStaysWithinItsErrorBound) {
  double worst = 0;
  for (Scalar z : sample()) {
    if (!(z <= 0 && z > -80)) continue;
    const Scalar target = 0;
    Scalar cost = 0;
    choose_table(nullptr).bce_with_logits(1, &target, &z, &cost);  // ln(1 + e^z)
    worst = std::max(worst, ulps(cost, std::log1p(std::exp(static_cast<long double>(z)))));
  }
  EXPECT_LE(worst, 2);
  EXPECT_GT(worst, 0.4) << "the measure itself is in doubt";
}

struct Value {
  Scalar x, y;
};

void expect_values(Function f, std::initializer_list<Value> values) {
  for (const Value& v : values) {
    Scalar y = 0;
    (choose_table(nullptr).*f)(1, &v.x, &y);
    if (std::isnan(v.y))
      EXPECT_TRUE(std::isnan(y)) << v.x << " gave " << y;
    else
      EXPECT_EQ(std::bit_cast<Bits>(y), std::bit_cast<Bits>(v.y)) << v.x << " gave " << y;
  }
}

TEST(Math, SpecialValues) {
  const Scalar tiny = Limits::denorm_min();
  expect_values(&Table::exp, {{0, 1},
                              {Scalar(-0.0), 1},
                              {tiny, 1},
                              {-tiny, 1},
                              {kInfinity, kInfinity},
                              {-kInfinity, 0},
                              {kNaN, kNaN},
                              {Limits::max(), kInfinity},
                              {Limits::lowest(), 0}});
  expect_values(&Table::log, {{0, -kInfinity},
                              {Scalar(-0.0), -kInfinity},
                              {1, 0},
                              {-1, kNaN},
                              {-tiny, kNaN},
                              {-kInfinity, kNaN},
                              {kInfinity, kInfinity},
                              {kNaN, kNaN}});
  expect_values(&Table::tanh, {{0, 0},
                               {Scalar(-0.0), Scalar(-0.0)},
                               {tiny, tiny},
                               {-tiny, -tiny},
                               {Limits::min(), Limits::min()},
                               {kInfinity, 1},
                               {-kInfinity, -1},
                               {Limits::lowest(), -1},
                               {kNaN, kNaN}});
  expect_values(&Table::sigmoid, {{0, Scalar(0.5)},
                                  {Scalar(-0.0), Scalar(0.5)},
                                  {kInfinity, 1},
                                  {-kInfinity, 0},
                                  {Limits::max(), 1},
                                  {kNaN, kNaN}});
}

TEST(Math, UnderflowsGradually) {
  const Scalar x = kFloat ? Scalar(-89) : Scalar(-709.5);
  Scalar y = 0;
  choose_table(nullptr).sigmoid(1, &x, &y);
  EXPECT_LT(y, Limits::min());
  EXPECT_LE(ulps(y, exact_sigmoid(x)), 1);
  if (kFloat) {
    EXPECT_NEAR(static_cast<double>(y), 2.2273639e-39, 1e-45);
  }
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
