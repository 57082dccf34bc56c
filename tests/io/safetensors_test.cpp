#include "nn/io/safetensors.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/io/file.hpp"
#include "nn/ops/elementwise.hpp"

namespace {

using nn::Scalar, nn::Tensor;

std::string bytes(const std::string& header, std::size_t data, std::uint64_t length) {
  std::string prefix(8, '\0');
  std::memcpy(prefix.data(), &length, 8);
  return prefix + header + std::string(data, '\0');
}

std::string bytes(const std::string& header, std::size_t data) {
  return bytes(header, data, header.size());
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape +
         "],\"data_offsets\":[" + offsets + "]}";
}

TEST(Safetensors, WhatIsWrittenIsRead) {
  TemporaryFolder folder;
  nn::TensorFile file;
  file.tensors = {{"a \"quoted\" \\ name", nn::tensor({{1, 2, 3}, {4, 5, 6}}).transpose()},
                  {"scalar", Tensor::full(nn::Shape{}, Scalar(2.5))},
                  {"empty", Tensor::zeros({0, 3})}};
  file.metadata = {{"made", "test"}, {"line", "a\nb"}};
  write_safetensors(folder.path("f"), file);
  nn::TensorFile read = nn::read_safetensors(folder.path("f"));
  EXPECT_EQ(read.metadata, file.metadata);
  for (const auto& [name, tensor] : file.tensors) EXPECT_TRUE(equal(read.at(name), tensor)) << name;
  EXPECT_THROW(read.at("nothing"), nn::DataError);
}

TEST(Safetensors, NamesComeOnce) {
  TemporaryFolder folder;
  nn::TensorFile file{{{"a", Tensor::zeros({1})}, {"a", Tensor::zeros({1})}}, {}};
  EXPECT_THROW(write_safetensors(folder.path("f"), file), nn::ArgumentError);
  file.tensors = {{"__metadata__", Tensor::zeros({1})}};
  EXPECT_THROW(write_safetensors(folder.path("f"), file), nn::ArgumentError);
}

TEST(Safetensors, ReadsEitherPrecisionAndAnyOrderOfTheHeader) {
  TemporaryFolder folder;
  std::string data(24, '\0');
  double d[] = {0.5, -2};
  float f[] = {1.5f, 3};
  std::memcpy(data.data(), d, 16);
  std::memcpy(data.data() + 16, f, 8);
  std::string header =
      "{" + entry("f", "F32", "2", "16,24") + " , " + entry("d", "F64", "2", "0,16") + "}  ";
  nn::write_file(folder.path("f"), bytes(header, 0) + data);
  nn::TensorFile read = nn::read_safetensors(folder.path("f"));
  EXPECT_TRUE(equal(read.at("f"), nn::tensor({1.5, 3})));
  EXPECT_TRUE(equal(read.at("d"), nn::tensor({0.5, -2})));
}

TEST(Safetensors, NumbersThatAFloatCannotHoldAreRefused) {
  TemporaryFolder folder;
  const double numbers[] = {std::numeric_limits<double>::infinity(), 1e300};
  std::string data(16, '\0');
  std::memcpy(data.data(), numbers, 16);
  const std::string path = folder.path("f");
  nn::write_file(path, bytes("{" + entry("d", "F64", "2", "0,16") + "}", 0) + data);
  const auto message = message_of<nn::DataError>([&] { nn::read_safetensors(path); });
  EXPECT_EQ(message,
            sizeof(nn::Scalar) == 8 ? "" : path + ": 'd': 1e+300 is too large for a float");
}

TEST(Safetensors, NamesAreShownPrintable) {
  TemporaryFolder folder;
  const std::string path = folder.path("f");
  nn::write_file(path, bytes("{" + entry("a\\u0000b", "F32", "1", "0,8") + "}", 8));
  const auto message = message_of<nn::DataError>([&] { nn::read_safetensors(path); });
  EXPECT_EQ(message, path + ": 'a?b': bytes 0 to 8 do not fit F32 of shape (1)");
}

TEST(Safetensors, AWholeFileIsRead) {
  TemporaryFolder folder;
  std::string data(16, '\0');
  float numbers[] = {1, -2, 0.5f, 3.25f};
  std::memcpy(data.data(), numbers, 16);
  nn::write_file(folder.path("ok"),
                 bytes("{\"__metadata__\":{\"made\":\"test\"}," + entry("w", "F32", "1,3", "0,12") +
                           "," + entry("b", "F32", "1", "12,16") + "}",
                       0) +
                     data);
  nn::TensorFile file = nn::read_safetensors(folder.path("ok"));
  EXPECT_TRUE(equal(file.at("w"), nn::tensor({{1, -2, 0.5}})));
  EXPECT_TRUE(equal(file.at("b"), nn::tensor({3.25})));
  EXPECT_EQ(file.metadata, (std::map<std::string, std::string>{{"made", "test"}}));
}

TEST(Safetensors, EachHostileFileIsAnError) {
  TemporaryFolder folder;
  std::string one = entry("w", "F32", "1,3", "0,12");
  std::string cases[] = {
      "1234567",                                                // seven bytes
      bytes("{" + one + "}", 12, 1000),                         // header past the end
      bytes("{" + one + "}", 12, ~std::uint64_t{0}),            // its length wraps
      bytes("{" + entry("w", "F32", "1,3", "12,0") + "}", 12),  // offsets reversed
      bytes("{" + one + "}", 8),                                // numbers past the end
      bytes("{" + one + "}", 16),                               // bytes left over
      bytes("{" + entry("w", "F32", "1,2", "0,12") + "}", 12),  // shape and offsets differ
      bytes("{" + one + "," + entry("b", "F32", "1", "8,12") + "}", 12),        // overlap
      bytes("{" + one + "," + entry("b", "F32", "1", "16,20") + "}", 20),       // gap
      bytes("{" + one + "," + one + "}", 12),                                   // a name twice
      bytes("{" + entry("w", "F13", "1,3", "0,12") + "}", 12),                  // unknown dtype
      bytes("{" + entry("w", "F32", "4294967296,4294967296", "0,0") + "}", 0),  // product wraps
      bytes("{" + entry("w", "F32", "4611686018427387904", "0,0") + "}", 0),    // bytes wrap
      bytes("{" + entry("w", "F32", "-1", "0,4") + "}", 4),
      bytes("{" + entry("w", "F32", "1,1,1,1,1,1,1", "0,4") + "}", 4),  // rank 7
      bytes("{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4),            // no offsets
      bytes("{" + entry("w", "F32", "03", "0,12") + "}", 12),           // no number of JSON
      bytes("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0),
      bytes("{\"__metadata__\":{\"a\":1}}", 0),
      bytes("{\"w\":" + std::string(1000000, '['), 0),
      bytes("{\"w\":[1]}", 4),
      bytes("{\"w", 0),
      bytes("{\"\\u12\":1}", 0),
      bytes("{} x", 0),
      bytes("", 0),
  };
  for (const std::string& content : cases) {
    nn::write_file(folder.path("f"), content);
    EXPECT_THROW(nn::read_safetensors(folder.path("f")), nn::DataError) << content;
  }
  EXPECT_THROW(nn::read_safetensors(folder.path("missing")), nn::DataError);
}

TEST(Safetensors, EveryTruncationIsAnError) {
  TemporaryFolder folder;
  nn::TensorFile file{{{"w", Tensor::ones({2, 2})}}, {{"k", "v"}}};
  write_safetensors(folder.path("f"), file);
  std::string whole = nn::read_file(folder.path("f"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    nn::write_file(folder.path("g"), whole.substr(0, size));
    EXPECT_THROW(nn::read_safetensors(folder.path("g")), nn::DataError) << size;
  }
}

}  // namespace
