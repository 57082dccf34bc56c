#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "nn/core/tensor.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"

// Expected texts: str() of the same arrays in NumPy 1.24.2.
namespace nn::test { namespace {

void expect_print(const Tensor& t, const std::string& expected) {
  std::ostringstream out;
  out << t;
  EXPECT_EQ(out.str(), expected);
}

TEST(Print, Integers) { expect_print(tensor({1, 2, 3}), R"([1. 2. 3.])"); }

TEST(Print, FractionsPadToTheRight) {
  expect_print(tensor({1, Scalar(2.5), Scalar(-3.25)}), R"([ 1.    2.5  -3.25])");
}

TEST(Print, DigitsOfFloats) {
  if (sizeof(Scalar) != 4) GTEST_SKIP() << "texts of float arrays";
  expect_print(tensor({Scalar(-2.7397209e-06), Scalar(4.1111416e-06)}),
               "[-2.7397209e-06  4.1111416e-06]");
  expect_print(tensor({99999992, 3}), "[9.999999e+07 3.000000e+00]");
  expect_print(tensor({99999992, 1000000}), "[99999992.  1000000.]");
  expect_print(Tensor::full({}, 495620704), "495620700.0");
  expect_print(Tensor::full({}, Scalar(-1.2345679e15)), "-1234568000000000.0");
}

TEST(Print, Matrix) {
  expect_print(tensor({{1, 2}, {3, 4}}), R"([[1. 2.]
 [3. 4.]])");
}

TEST(Print, Cube) {
  expect_print(Tensor::arange(8).reshape({2, 2, 2}), R"([[[0. 1.]
  [2. 3.]]

 [[4. 5.]
  [6. 7.]]])");
}

TEST(Print, FourDimensions) {
  expect_print(Tensor::arange(8).reshape({2, 2, 1, 2}), R"([[[[0. 1.]]

  [[2. 3.]]]


 [[[4. 5.]]

  [[6. 7.]]]])");
}

TEST(Print, EightDigitsAtMost) {
  expect_print(tensor({Scalar(0.1), Scalar(0.5), static_cast<Scalar>(0.123456789)}),
               R"([0.1        0.5        0.12345679])");
}

TEST(Print, Large) { expect_print(tensor({static_cast<Scalar>(1e8), 1}), R"([1.e+08 1.e+00])"); }

TEST(Print, Small) { expect_print(tensor({static_cast<Scalar>(1e-5), 1}), R"([1.e-05 1.e+00])"); }

TEST(Print, WideRange) { expect_print(tensor({Scalar(1000.5), 1}), R"([1.0005e+03 1.0000e+00])"); }

TEST(Print, WideRangeScientific) { expect_print(tensor({1001, 1}), R"([1.001e+03 1.000e+00])"); }

TEST(Print, ScientificFractions) {
  expect_print(tensor({static_cast<Scalar>(1.5e10), static_cast<Scalar>(-2.25e-3), 0}),
               R"([ 1.50e+10 -2.25e-03  0.00e+00])");
}

TEST(Print, NanAndInfinity) {
  expect_print(tensor({NAN, 1, INFINITY, -INFINITY}), R"([ nan   1.  inf -inf])");
}

TEST(Print, NanAlone) { expect_print(tensor({NAN}), R"([nan])"); }

TEST(Print, MinusInfinityAlone) { expect_print(tensor({-INFINITY, -INFINITY}), R"([-inf -inf])"); }

TEST(Print, NanAmongFractions) {
  expect_print(tensor({NAN, Scalar(0.25), 100}), R"([   nan   0.25 100.  ])");
}

TEST(Print, NanInScientific) {
  expect_print(tensor({NAN, static_cast<Scalar>(1e10)}), R"([   nan 1.e+10])");
}

TEST(Print, Zeros) { expect_print(Tensor::zeros({3}), R"([0. 0. 0.])"); }

TEST(Print, MinusZero) { expect_print(tensor({Scalar(-0.0), 1}), R"([-0.  1.])"); }

TEST(Print, LongLineIsBroken) {
  expect_print(Tensor::arange(40),
               R"([ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.
 18. 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29. 30. 31. 32. 33. 34. 35.
 36. 37. 38. 39.])");
}

TEST(Print, LongRowsAreBroken) {
  expect_print(Tensor::arange(60).reshape({2, 30}) / 8,
               R"([[0.    0.125 0.25  0.375 0.5   0.625 0.75  0.875 1.    1.125 1.25  1.375
  1.5   1.625 1.75  1.875 2.    2.125 2.25  2.375 2.5   2.625 2.75  2.875
  3.    3.125 3.25  3.375 3.5   3.625]
 [3.75  3.875 4.    4.125 4.25  4.375 4.5   4.625 4.75  4.875 5.    5.125
  5.25  5.375 5.5   5.625 5.75  5.875 6.    6.125 6.25  6.375 6.5   6.625
  6.75  6.875 7.    7.125 7.25  7.375]])");
}

TEST(Print, Summary) {
  expect_print(Tensor::arange(1001), R"([   0.    1.    2. ...  998.  999. 1000.])");
}

TEST(Print, SummaryOfMatrix) {
  expect_print(Tensor::arange(2000).reshape({2, 1000}),
               R"([[0.000e+00 1.000e+00 2.000e+00 ... 9.970e+02 9.980e+02 9.990e+02]
 [1.000e+03 1.001e+03 1.002e+03 ... 1.997e+03 1.998e+03 1.999e+03]])");
}

TEST(Print, SummaryOfRows) {
  expect_print(Tensor::arange(2000).reshape({1000, 2}), R"([[0.000e+00 1.000e+00]
 [2.000e+00 3.000e+00]
 [4.000e+00 5.000e+00]
 ...
 [1.994e+03 1.995e+03]
 [1.996e+03 1.997e+03]
 [1.998e+03 1.999e+03]])");
}

TEST(Print, Empty) { expect_print(Tensor::zeros({0}), R"([])"); }

TEST(Print, EmptyRows) { expect_print(Tensor::zeros({2, 0}), R"([])"); }

TEST(Print, Transposed) {
  expect_print(tensor({{1, Scalar(2.5)}, {3, 4}}).transpose(), R"([[1.  3. ]
 [2.5 4. ]])");
}

TEST(Print, ShortestDigitsOfTheElementType) {
  expect_print(Tensor::arange(2) / 3 + Scalar{1} / 3,
               is_double ? "[0.33333333 0.66666667]" : "[0.33333334 0.6666667 ]");
}

TEST(Print, ThousandElementsAreShownWhole) {
  std::ostringstream out;
  out << Tensor::arange(1000);
  EXPECT_FALSE(contains(out.str(), "..."));
}

TEST(Print, ExponentsOfTwoLengths) {
  if (!is_double) GTEST_SKIP() << "float has no such numbers";
  expect_print(tensor({static_cast<Scalar>(1e-100L), Scalar(1.5)}), "[1.0e-100 1.5e+000]");
}

TEST(Print, SingleNumberAsPythonWritesIt) {
  auto single = [](double x) { return Tensor::full({}, static_cast<Scalar>(x)); };
  expect_print(single(1), "1.0");
  expect_print(single(0.1), "0.1");
  expect_print(single(-0.0), "-0.0");
  expect_print(single(123456), "123456.0");
  expect_print(single(1e-5), "1e-05");
  expect_print(single(1.5e-7), "1.5e-07");
  expect_print(single(1e16), "1e+16");
  expect_print(single(NAN), "nan");
  expect_print(single(-INFINITY), "-inf");
}

}  // namespace
}  // namespace nn::test
