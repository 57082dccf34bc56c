#include "nn/data/libsvm.hpp"

#include <gtest/gtest.h>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "support/compare.hpp"

namespace {

using nn::Index, nn::Shape, nn::Tensor;
using nn::test::same_bits;

nn::Dataset read(const std::string& text, const nn::LibsvmOptions& options = {}) {
  TemporaryFolder folder;
  return nn::read_libsvm(folder.file("a.svm", text), options);
}

TEST(Libsvm, ReadsLabelsAndWhatIsNotZero) {
  const nn::Dataset data =
      read("3 1:0.5 3:-1.25 \n1\n2 2:1e-3 4:2 # a comment 9:9\n\n# another\n+1\t4:-0.5\r\n");
  EXPECT_TRUE(same_bits(data.y, nn::tensor({3, 1, 2, 1})));
  EXPECT_TRUE(same_bits(
      data.x, nn::tensor({0.5, 0, -1.25, 0, 0, 0, 0, 0, 0, nn::Scalar(1e-3), 0, 2, 0, 0, 0, -0.5})
                  .reshape({4, 4})));
}

TEST(Libsvm, TakesTheNumberOfFeaturesTheFirstIndexAndTheFirstLabel) {
  EXPECT_EQ(read("2 1:0.25\n3 2:4", {.features = 4}).x.shape(), (Shape{2, 4}));
  const nn::Dataset zero = read("0 0:1 2:3\n1 1:-2\n", {.zero_based = true});
  EXPECT_TRUE(same_bits(zero.x, nn::tensor({1, 0, 3, 0, -2, 0}).reshape({2, 3})));
  EXPECT_TRUE(same_bits(read("1 1:1\n10 1:1\n", {.first_label = 1}).y, nn::tensor({0, 9})));
  EXPECT_EQ(read("").x.shape(), (Shape{0, 0}));
}

TEST(Libsvm, NamesTheLineThatIsWrong) {
  for (const char* bad : {"x 1:1", "1 0:1", "1 1", "1 a:1", "1 1:x", "1 1:", "1 :1", "1 2:1 1:1",
                          "1 1:1 1:1", "1 -1:1", "1 -9223372036854775808:1", "1 1:1e999",
                          "1 99999999999999999999:1", "1 qid:3 1:1", "1 9:1", "1 1:1:1"}) {
    const std::string message = message_of<nn::DataError>(
        [&] { read(std::string("2 1:1\n") + bad + "\n", {.features = 8}); });
    EXPECT_NE(message.find("a.svm:2: expected"), std::string::npos) << bad << ": " << message;
  }
  EXPECT_THROW(read("", {.features = -1}), nn::ArgumentError);
}

TEST(Libsvm, RefusesATableThatWouldFillTheMemory) {
  EXPECT_THROW(read("1 1000000000000:1\n"), nn::DataError);
  EXPECT_THROW(read("1 9223372036854775807:1\n"), nn::DataError);
  EXPECT_THROW(read("1 9223372036854775807:1\n", {.zero_based = true}), nn::DataError);
  EXPECT_THROW(read("1 4611686018427387904:1\n1 1:1\n"), nn::DataError);
}

}  // namespace
