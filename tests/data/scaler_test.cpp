#include "nn/data/scaler.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"

namespace {

constexpr double scaler_tolerance = sizeof(nn::Scalar) == 4 ? 1e-6 : 1e-12;

void expect_close(const nn::Tensor& got, const nn::Tensor& expected,
                  double tol = scaler_tolerance) {
  ASSERT_EQ(got.shape(), expected.shape());
  for (nn::Index i = 0; i < got.size(0); ++i)
    for (nn::Index j = 0; j < got.size(1); ++j)
      EXPECT_NEAR(got(i, j), expected(i, j), tol * std::max(1.0, std::abs(double(expected(i, j)))))
          << i << ", " << j;
}

nn::Tensor example() { return nn::tensor({{1, -10, 3}, {4, 0.5, 3}, {2, 7, 3}, {-6, 100, 3}}); }

// pipeline_test.cpp compares both scalers with scikit-learn's.

TEST(StandardScaler, EqualValuesBecomeZero) {
  auto x = nn::Tensor::full({1000, 1}, nn::Scalar(14.62));
  nn::StandardScaler scaler;
  scaler.fit(x);
  EXPECT_EQ(scaler.scale()[0], 1);
  auto z = scaler.transform(x);
  for (nn::Index i = 0; i < 1000; ++i) ASSERT_LT(std::abs(z(i, 0)), 1e-6);
  expect_close(scaler.inverse_transform(z), x);
}

TEST(StandardScaler, RoundingIsNoSpread) {
  // One value of a thousand is the next number up. In double that is no more than rounding makes;
  // floats that differ are far apart in double, where all is computed.
  auto x = nn::Tensor::full({1000, 1}, nn::Scalar(14.62));
  x(500, 0) = std::nextafter(nn::Scalar(14.62), nn::Scalar(15));
  nn::StandardScaler scaler;
  scaler.fit(x);
  if (sizeof(nn::Scalar) == 8) {
    EXPECT_EQ(scaler.scale()[0], 1);
  } else {
    EXPECT_NEAR(scaler.scale()[0], (x(500, 0) - x(0, 0)) * std::sqrt(999.0) / 1000, 1e-12);
  }
}

TEST(StandardScaler, OneColumnMayBeConstant) {
  auto x = nn::tensor({{1, 5}, {2, 5}, {3, 5}, {4, 5}});
  nn::StandardScaler scaler;
  scaler.fit(x);
  auto z = scaler.transform(x);
  expect_close(z,
               nn::tensor({{nn::Scalar(-1.341640786), 0},
                           {nn::Scalar(-0.447213595), 0},
                           {nn::Scalar(0.447213595), 0},
                           {nn::Scalar(1.341640786), 0}}),
               1e-7);
  expect_close(scaler.transform(nn::tensor({{2.5, 7}})), nn::tensor({{0, 2}}));
  expect_close(scaler.inverse_transform(z), x);
}

TEST(MinMaxScaler, EqualValuesBecomeTheLowerEnd) {
  auto x = nn::tensor({{1, 5}, {3, 5}});
  nn::MinMaxScaler scaler({.low = 2, .high = 4});
  scaler.fit(x);
  auto z = scaler.transform(x);
  expect_close(z, nn::tensor({{2, 2}, {4, 2}}));
  expect_close(scaler.inverse_transform(z), x);
  expect_close(scaler.transform(nn::tensor({{2, 6}})), nn::tensor({{3, 4}}));
}

TEST(StandardScaler, IsExactUnderALargeOffset) {
  auto x = nn::tensor({4194304, 4194305, 4194306, 4194307}).reshape({4, 1});
  nn::StandardScaler scaler;
  scaler.fit(x);
  EXPECT_NEAR(scaler.mean()[0], 4194305.5, 1e-9);
  EXPECT_NEAR(scaler.scale()[0], std::sqrt(1.25), 1e-12);
}

TEST(StandardScaler, TinySpreadIsNotConstant) {
  auto x = nn::tensor({nn::Scalar(1e-20), nn::Scalar(3e-20)}).reshape({2, 1});
  nn::StandardScaler scaler;
  scaler.fit(x);
  expect_close(scaler.transform(x), nn::tensor({-1, 1}).reshape({2, 1}));
}

TEST(StandardScaler, OneRow) {
  nn::StandardScaler scaler;
  scaler.fit(nn::tensor({{3, 4}}));
  expect_close(scaler.transform(nn::tensor({{3, 5}})), nn::tensor({{0, 1}}));
}

TEST(Scalers, TakeViewsAndKeepTheirInput) {
  auto x = example().transpose();  // (3, 4), not contiguous
  auto before = x.clone();
  nn::StandardScaler standard;
  nn::MinMaxScaler min_max;
  standard.fit(x);
  min_max.fit(x);
  auto z = standard.transform(x), m = min_max.transform(x);
  expect_close(standard.transform(before), z, 0);
  expect_close(min_max.transform(before), m, 0);
  expect_close(x, before, 0);
}

template <class Scaler>
void expect_errors() {
  Scaler scaler;
  EXPECT_THROW(scaler.transform(nn::tensor({{1, 2}})), nn::ArgumentError);
  EXPECT_THROW(scaler.inverse_transform(nn::tensor({{1, 2}})), nn::ArgumentError);
  EXPECT_THROW(scaler.fit(nn::tensor({1, 2})), nn::ShapeError);
  EXPECT_THROW(scaler.fit(nn::Tensor({0, 2})), nn::ArgumentError);
  auto message = message_of<nn::ArgumentError>([&] { scaler.fit(nn::Tensor({5, 0})); });
  EXPECT_NE(message.find("(5, 0)"), std::string::npos) << message;
  scaler.fit(nn::tensor({{1, 2}, {3, 4}}));
  EXPECT_THROW(scaler.transform(nn::tensor({{1, 2, 3}})), nn::ShapeError);
  EXPECT_THROW(scaler.transform(nn::tensor({1, 2})), nn::ShapeError);
  EXPECT_THROW(scaler.inverse_transform(nn::Tensor::ones({1, 1})), nn::ShapeError);
}

/// Expected values: of the finite rows alone, as in scikit-learn.
template <class Scaler>
void expect_nan_left_out() {
  const auto nan = static_cast<nn::Scalar>(NAN);
  const nn::Scalar orders[][4] = {{nan, 1, 3, 8}, {1, nan, 3, 8}, {1, 3, 8, nan}, {8, 3, nan, 1}};
  for (const auto& order : orders) {
    auto x = nn::Tensor::from({4, 1}, {order, order + 4});
    Scaler scaler, of_numbers;
    scaler.fit(x);
    of_numbers.fit(nn::tensor({{1}, {3}, {8}}));
    auto z = scaler.transform(x), back = scaler.inverse_transform(z),
         expected = of_numbers.transform(x);
    for (nn::Index i = 0; i < 4; ++i) {
      if (std::isnan(x(i, 0))) {
        EXPECT_TRUE(std::isnan(z(i, 0)) && std::isnan(back(i, 0)));
      } else {
        EXPECT_NEAR(z(i, 0), expected(i, 0), scaler_tolerance);
      }
    }
  }
  Scaler scaler;
  scaler.fit(nn::tensor({{nan, 1}, {nan, 2}}));
  auto z = scaler.transform(nn::tensor({{5, 1}}));
  EXPECT_TRUE(std::isnan(z(0, 0)) && std::isfinite(z(0, 1)));
}

TEST(Scalers, LeaveNaNOut) {
  expect_nan_left_out<nn::StandardScaler>();
  expect_nan_left_out<nn::MinMaxScaler>();
}

template <class Scaler>
void expect_infinity_refused(const std::string& name) {
  Scaler scaler;
  const auto x = nn::tensor({{1, 2}, {3, 4}});
  scaler.fit(x);
  const auto before = scaler.transform(x);
  for (double infinity : {HUGE_VAL, -HUGE_VAL}) {
    auto bad = nn::tensor({{1, 5}, {1, static_cast<nn::Scalar>(infinity)}, {3, 6}});
    EXPECT_EQ(message_of<nn::ArgumentError>([&] { scaler.fit(bad); }),
              name + "::fit: expected no infinity, got " + (infinity > 0 ? "inf" : "-inf") +
                  " in row 1, column 1");
  }
  if (sizeof(nn::Scalar) == 8) {
    auto far =
        nn::tensor({{0, static_cast<nn::Scalar>(-1.7e308)}, {0, static_cast<nn::Scalar>(1.7e308)}});
    EXPECT_THROW(scaler.fit(far), nn::ArgumentError);
  }
  expect_close(scaler.transform(x), before, 0);
}

TEST(Scalers, RefuseInfinity) {
  expect_infinity_refused<nn::StandardScaler>("StandardScaler");
  expect_infinity_refused<nn::MinMaxScaler>("MinMaxScaler");
  const double ranges[][2] = {{-HUGE_VAL, HUGE_VAL}, {0, HUGE_VAL}, {-1.7e308, 1.7e308}, {0, NAN}};
  for (auto [low, high] : ranges)
    EXPECT_THROW(nn::MinMaxScaler({.low = low, .high = high}), nn::ArgumentError);
}

TEST(Scalers, Errors) {
  expect_errors<nn::StandardScaler>();
  expect_errors<nn::MinMaxScaler>();
  EXPECT_THROW(nn::MinMaxScaler({.low = 1, .high = 1}), nn::ArgumentError);
}

}  // namespace
