#include "nn/io/safetensors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

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
  if (nn::test::is_double) {
    EXPECT_EQ(nn::read_safetensors(path).at("d")(1), static_cast<Scalar>(1e300));
    return;
  }
  EXPECT_EQ(message_of<nn::DataError>([&] { nn::read_safetensors(path); }),
            path + ": 'd': 1e+300 is too large for a float");
}

TEST(Safetensors, NamesAreShownPrintable) {
  TemporaryFolder folder;
  const std::string path = folder.path("f");
  nn::write_file(path, bytes("{" + entry("a\\u0000b", "F32", "1", "0,8") + "}", 8));
  const auto message = message_of<nn::DataError>([&] { nn::read_safetensors(path); });
  EXPECT_EQ(message, path + ": 'a?b': bytes 0 to 8 do not fit F32 of shape (1)");
}

// Table 3-7 of the Unicode Standard at its borders.
const std::string kUtf8[] = {std::string(1, '\0'),
                             "\x7f",
                             "\xc2\x80",
                             "\xdf\xbf",
                             "\xe0\xa0\x80",
                             "\xed\x9f\xbf",
                             "\xee\x80\x80",
                             "\xef\xbf\xbf",
                             "\xf0\x90\x80\x80",
                             "\xf4\x8f\xbf\xbf",
                             "a\xe2\x82\xac \xf0\x9f\x98\x80z"};
const std::string kNotUtf8[] = {"\x80",
                                "\xbf",
                                "\xc0\x80",  // overlong
                                "\xc1\xbf",
                                "\xe0\x80\x80",
                                "\xe0\x9f\xbf",
                                "\xf0\x80\x80\x80",
                                "\xf0\x8f\xbf\xbf",
                                "\xed\xa0\x80",  // surrogates
                                "\xed\xbf\xbf",
                                "\xed\xa0\xbd\xed\xb8\x80",
                                "\xf4\x90\x80\x80",  // beyond U+10FFFF
                                "\xf5\x80\x80\x80",
                                "\xf8\x88\x80\x80\x80",
                                "\xfe",
                                "\xff",
                                "\xc3",  // cut off
                                "\xe2\x82",
                                "\xf0\x9f\x98",
                                "\xc3(",
                                "\xe2\x82\xc3\xa9",
                                "caf\xe9"};

TEST(Safetensors, NamesAndMetadataAreUtf8) {
  TemporaryFolder folder;
  const std::string path = folder.path("f"), good = "\xc3\xa9";
  for (const std::string& text : kUtf8) {
    nn::TensorFile file{{{text, Tensor::ones({1})}}, {{text, text}}};
    write_safetensors(path, file);
    nn::TensorFile read = nn::read_safetensors(path);
    EXPECT_EQ(read.tensors[0].first, text);
    EXPECT_EQ(read.metadata, file.metadata);
  }
  for (const std::string& text : kNotUtf8) {
    const nn::TensorFile files[] = {
        {{{text, Tensor::ones({1})}}, {}}, {{}, {{text, good}}}, {{}, {{good, text}}}};
    for (const nn::TensorFile& file : files)
      EXPECT_THROW(write_safetensors(folder.path("g"), file), nn::ArgumentError) << text;
    EXPECT_THROW(nn::read_file(folder.path("g")), nn::DataError);
    const std::string headers[] = {"{" + entry(text, "F32", "1", "0,4") + "}",
                                   "{\"__metadata__\":{\"" + text + "\":\"\"}}",
                                   "{\"__metadata__\":{\"\":\"" + text + "\"}}"};
    for (const std::string& header : headers) {
      nn::write_file(path, bytes(header, header == headers[0] ? 4 : 0));
      EXPECT_TRUE(message_of<nn::DataError>([&] { nn::read_safetensors(path); }).starts_with(path))
          << header;
    }
  }
}

TEST(Safetensors, EscapesOfCharactersBeyond16BitsComeInPairs) {
  TemporaryFolder folder;
  auto read = [&](const std::string& name) {
    nn::write_file(folder.path("f"), bytes("{" + entry(name, "F32", "1", "0,4") + "}", 4));
    return nn::read_safetensors(folder.path("f")).tensors[0].first;
  };
  EXPECT_EQ(read("\\ud83d\\uDE00 \\u20ac"), "\xf0\x9f\x98\x80 \xe2\x82\xac");
  EXPECT_EQ(read("\\udbff\\udfff"), "\xf4\x8f\xbf\xbf");
  for (const char* lone : {"\\ud83d", "\\ude00", "\\ud83dx", "\\ud83d\\n", "\\ud83d\\u0041",
                           "\\ud83d\\ud83d", "\\ude00\\ud83d", "\\ud83d\\u"})
    EXPECT_THROW(read(lone), nn::DataError) << lone;
}

/// The numbers of a tensor of that dtype, which begin at an odd place.
template <class Stored>
Tensor read_numbers(const std::string& path, const std::string& dtype,
                    const std::vector<Stored>& numbers) {
  const std::size_t size = numbers.size() * sizeof(Stored);
  std::string data(size, '\0'), header;
  std::memcpy(data.data(), numbers.data(), size);
  header =
      "{" + entry("first", "U8", "1", "0,1") + "," +
      entry("numbers", dtype, std::to_string(numbers.size()), "1," + std::to_string(1 + size)) +
      "}";
  nn::write_file(path, bytes(header, 1) + data);
  return nn::read_safetensors(path).at("numbers");
}

TEST(Safetensors, EveryTypeThatAScalarHoldsIsRead) {
  TemporaryFolder folder;
  const std::string path = folder.path("f");
  auto expect = [&]<class Stored>(const char* dtype, std::vector<Stored> numbers,
                                  std::vector<double> expected) {
    const Tensor read = read_numbers(path, dtype, numbers);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double got = read(static_cast<nn::Index>(i));
      EXPECT_TRUE(got == expected[i] || (std::isnan(got) && std::isnan(expected[i])))
          << dtype << " " << i << ": " << got;
#ifdef __riscv
      if (std::isnan(got)) continue;  // converting a NaN drops its sign there
#endif
      EXPECT_EQ(std::signbit(got), std::signbit(expected[i])) << dtype << " " << i;
    }
  };
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect("F16",
         std::vector<std::uint16_t>{0, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x83ff,
                                    0x3555, 0x7c00, 0xfc00, 0x7e00, 0xfc01},
         {0, -0.0, 1, -2, 65504, 0x1p-14, 0x1p-24, -0x3ffp-24, 0x1.554p-2, inf, -inf, nan, -nan});
  expect("BF16",
         std::vector<std::uint16_t>{0, 0x8000, 0x3f80, 0xc000, 0x7f7f, 0x0080, 0x0001, 0x3eab,
                                    0x7f80, 0xff80, 0x7fc0},
         {0, -0.0, 1, -2, 0x1.fep127, 0x1p-126, 0x1p-133, 0x1.56p-2, inf, -inf, nan});
  expect("F64", std::vector<double>{0.5, -2}, {0.5, -2});
  expect("I64", std::vector<std::int64_t>{7, -3, 1 << 24, std::numeric_limits<std::int64_t>::min()},
         {7, -3, 0x1p24, -0x1p63});
  expect("I32", std::vector<std::int32_t>{7, -3, std::numeric_limits<std::int32_t>::min()},
         {7, -3, -0x1p31});
  expect("I16", std::vector<std::int16_t>{7, -3, -32768, 32767}, {7, -3, -32768, 32767});
  expect("I8", std::vector<std::int8_t>{7, -3, -128, 127}, {7, -3, -128, 127});
  expect("U64", std::vector<std::uint64_t>{7, std::uint64_t{1} << 63}, {7, 0x1p63});
  expect("U32", std::vector<std::uint32_t>{7, std::uint32_t{1} << 31}, {7, 0x1p31});
  expect("U16", std::vector<std::uint16_t>{7, 65535}, {7, 65535});
  expect("U8", std::vector<std::uint8_t>{7, 255}, {7, 255});
  expect("BOOL", std::vector<std::uint8_t>{0, 1, 1}, {0, 1, 1});
}

TEST(Safetensors, WholeNumbersThatAScalarDoesNotHoldAreRefused) {
  TemporaryFolder folder;
  const std::string path = folder.path("f");
  auto expect_refused = [&]<class Stored>(const char* dtype, Stored number) {
    const auto message = message_of<nn::DataError>([&] {
      read_numbers(path, dtype, std::vector<Stored>{1, number});
    });
    EXPECT_TRUE(message.starts_with(path + ": 'numbers': " + std::to_string(number))) << message;
  };
  const std::int64_t digits = std::numeric_limits<Scalar>::digits;
  for (std::int64_t odd : {1, 3})
    for (std::int64_t sign : {-1, 1}) {
      expect_refused("I64", sign * ((std::int64_t{1} << digits) + odd));
      expect_refused("I64", sign * (std::numeric_limits<std::int64_t>::max() - odd + 1));
    }
  expect_refused("U64", std::numeric_limits<std::uint64_t>::max());
  expect_refused("BOOL", std::uint8_t{2});
  expect_refused("BOOL", std::uint8_t{255});
  if (sizeof(Scalar) == 8) return;
  expect_refused("I32", std::numeric_limits<std::int32_t>::max());
  expect_refused("I32", -(1 << 24) - 1);
  expect_refused("U32", std::numeric_limits<std::uint32_t>::max());
}

TEST(Safetensors, OtherTypesAreRefusedByName) {
  TemporaryFolder folder;
  const std::string path = folder.path("f");
  for (const std::string dtype : {"F8_E4M3", "F8_E5M2", "C64", "f32", "F32 ", ""}) {
    nn::write_file(path, bytes("{" + entry("w", dtype, "1", "0,8") + "}", 8));
    const auto message = message_of<nn::DataError>([&] { nn::read_safetensors(path); });
    EXPECT_NE(message.find("'" + dtype + "'"), std::string::npos) << message;
  }
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
      bytes(" {}", 0),  // does not begin with {
      bytes("\n{}", 0),
      bytes("\xef\xbb\xbf{}", 0),
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
