#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "nn/core/tensor.hpp"

namespace nn::test {

constexpr bool is_double = sizeof(Scalar) == 8;

/// What numbers given to ten digits may differ by: |error| <= tolerance max(1, |expected|).
constexpr double tolerance = is_double ? 1e-9 : 1e-5;

/// An addition's rounding error relative to its result.
constexpr double epsilon = is_double ? 2.3e-16 : 1.2e-7;

/// The elements in row-major order.
inline std::vector<Scalar> values(const Tensor& t) {
  Tensor c = t.contiguous();
  return {c.data(), c.data() + c.numel()};
}

inline std::string text(const Tensor& t) {
  std::ostringstream out;
  out << t.shape() << '\n' << t;
  return out.str();
}

/// Same shape and the same bits, NaN and the sign of 0 included.
inline ::testing::AssertionResult same_bits(const Tensor& got, const Tensor& expected) {
  std::vector<Scalar> a = values(got), b = values(expected);
  if (got.shape() == expected.shape() &&
      (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Scalar)) == 0))
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "got " << text(got) << "\nexpected " << text(expected);
}

/// Same shape and |got - expected| <= tol max(1, |expected|) for each element.
inline ::testing::AssertionResult close(const Tensor& got, const Tensor& expected,
                                        double tol = tolerance) {
  if (got.shape() == expected.shape()) {
    std::vector<Scalar> a = values(got), b = values(expected);
    auto near = [tol](double x, double y) {
      return std::abs(x - y) <= tol * std::max(1.0, std::abs(y));
    };
    if (std::equal(a.begin(), a.end(), b.begin(), near)) return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "got " << text(got) << "\nexpected " << text(expected);
}

/// f's message when it throws an E; fails the test when it does not.
template <class E, class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another error: " << error.what();
    return "";
  }
  ADD_FAILURE() << "no error";
  return "";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace nn::test
