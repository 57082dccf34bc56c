#include <gtest/gtest.h>

#include <cmath>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/ops/one_hot.hpp"

namespace {

TEST(ClassCounts, CountsEachClass) {
  auto counts = nn::class_counts(nn::tensor({2, 0, 2, 2}), 4);
  EXPECT_EQ(counts, (std::vector<nn::Index>{1, 0, 3, 0}));
  EXPECT_EQ(nn::class_counts(nn::Tensor({0}), 2), (std::vector<nn::Index>{0, 0}));
}

TEST(ClassCounts, NamesRowAndLabel) {
  for (auto [label, text] : {std::pair<double, const char*>{3, "3"},
                             {-1, "-1"},
                             {0.5, "0.5"},
                             {1e30, "1e+30"},
                             {HUGE_VAL, "inf"},
                             {std::nan(""), "nan"}}) {
    auto labels = nn::tensor({0, static_cast<nn::Scalar>(label)});
    auto message = message_of<nn::RangeError>([&] { nn::class_counts(labels, 3); });
    EXPECT_EQ(message,
              "label " + std::string(text) + " in row 1: expected a whole number from 0 to 2");
  }
}

TEST(ClassCounts, ChecksShapeAndClasses) {
  EXPECT_THROW(nn::class_counts(nn::Tensor::zeros({2, 1}), 3), nn::ShapeError);
  EXPECT_THROW(nn::class_counts(nn::Tensor::zeros({2}), 0), nn::RangeError);
  auto message = message_of<nn::RangeError>(
      [] { nn::class_counts(nn::Tensor::zeros({2}), nn::Index{1} << 60); });
  EXPECT_NE(message.find("1152921504606846976"), std::string::npos) << message;
}

}  // namespace
