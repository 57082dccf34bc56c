#include <gtest/gtest.h>

#include "nn/onnx/onnx.hpp"
#include "onnx/cases.hpp"
#include "support/compare.hpp"

// What was written as an ONNX file is read as a network that predicts the same.
namespace nn::test { namespace {

class OnnxRoundTrip : public ::testing::TestWithParam<ModuleCase> {};

TEST_P(OnnxRoundTrip, PredictsTheSame) {
  const auto net = drawn(GetParam());
  const Sequential read = parse_onnx(format_onnx(*net, GetParam().example), "memory");
  for (Index batch : {1, 7}) {
    const Tensor x = GetParam().input(batch), expected = net->predict(x);
    if (is_double) {  // numbers in the file are floats
      EXPECT_TRUE(close(read.predict(x), expected, 1e-5));
    } else {
      EXPECT_TRUE(same_bits(read.predict(x), expected)) << read;
    }
  }
}

/// Nothing is lost or added on the way: the second file is the first one.
TEST_P(OnnxRoundTrip, WritesTheSameBytesAgain) {
  const auto net = drawn(GetParam());
  const std::string bytes = format_onnx(*net, GetParam().example);
  const std::string again = format_onnx(parse_onnx(bytes, "memory"), GetParam().example);
  const std::string third = format_onnx(parse_onnx(again, "memory"), GetParam().example);
  EXPECT_EQ(third, again);
}

INSTANTIATE_TEST_SUITE_P(All, OnnxRoundTrip, ::testing::ValuesIn(onnx_cases()),
                         [](const auto& tested) { return tested.param.name; });

}}  // namespace nn::test
