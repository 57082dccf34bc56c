#include "nn/data/idx.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "io/packed.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"

namespace {

std::string big_endian_bytes(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 255);
  return bytes;
}

std::string idx_header(std::initializer_list<std::uint32_t> numbers) {
  std::string bytes;
  for (auto number : numbers) bytes += big_endian_bytes(number);
  return bytes;
}

/// Three images of 2 x 4 pixels, the i-th pixel 23 i mod 256, and their labels.
std::string three_images() {
  std::string bytes = idx_header({0x803, 3, 2, 4});
  for (int i = 0; i < 24; ++i) bytes += static_cast<char>(i * 23 % 256);
  return bytes;
}
const std::string three_labels = idx_header({0x801, 3}) + std::string("\7\0\11", 3);

std::string idx_complaint(const std::string& bytes) {
  TemporaryFolder folder;
  auto path = folder.file("a.idx", bytes);
  auto message = message_of<nn::DataError>([&] { nn::read_idx(path); });
  EXPECT_EQ(message.find(path), 0u) << message;
  return message;
}

TEST(Idx, ImagesAndLabels) {
  TemporaryFolder folder;
  auto images = folder.file("images", three_images()), labels = folder.file("labels", three_labels);
  auto data = nn::read_idx_dataset(images, labels);
  ASSERT_EQ(data.x.shape(), nn::Shape({3, 2, 4}));
  for (int i = 0; i < 24; ++i) EXPECT_EQ(data.x.data()[i], i * 23 % 256);
  ASSERT_EQ(data.y.shape(), nn::Shape({3}));
  EXPECT_EQ(data.y(0), 7);
  EXPECT_EQ(data.y(1), 0);
  EXPECT_EQ(data.y(2), 9);
  EXPECT_EQ(nn::read_idx(folder.file("none", idx_header({0x803, 0, 28, 28}))).shape(),
            nn::Shape({0, 28, 28}));
}

TEST(Idx, WritesWhatItReads) {
  TemporaryFolder folder;
  const nn::Tensor images = nn::read_idx(folder.file("images", three_images()));
  nn::write_idx(folder.path("again"), images.transpose(0, 2).transpose(0, 2));
  EXPECT_EQ(folder.bytes("again"), three_images());
  nn::write_idx(folder.path("none"), nn::Tensor({0, 28, 28}));
  EXPECT_EQ(folder.bytes("none"), idx_header({0x803, 0, 28, 28}));
  for (double bad : {-1.0, 256.0, 0.5, std::nan("")})
    EXPECT_THROW(
        nn::write_idx(folder.path("bad"), nn::Tensor::full({2}, static_cast<nn::Scalar>(bad))),
        nn::RangeError);
  EXPECT_THROW(nn::write_idx(folder.path("bad"), nn::Tensor(nn::Shape{})), nn::ShapeError);
  EXPECT_EQ(folder.count(), 3);
}

TEST(Idx, GzipUnderAnyName) {
  TemporaryFolder folder;
  auto plain = nn::read_idx(folder.file("images", three_images()));
  for (const char* name : {"images.gz", "images"}) {
    auto packed = folder.file(name, gzip_stored(three_images()));
    EXPECT_TRUE(equal(nn::read_idx(packed), plain));
  }
  EXPECT_NE(idx_complaint("\x1f\x8b\x08\x01 packed").find("damaged gzip"), std::string::npos);
  EXPECT_NE(idx_complaint(gzip_stored("packed")).find("IDX header"), std::string::npos);
}

TEST(Idx, TruncatedAnywhere) {
  auto whole = three_images();
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(idx_complaint(whole.substr(0, length)), "") << length;
  EXPECT_NE(idx_complaint(whole + "x").find("expected 24 bytes of data, got 25"),
            std::string::npos);
  EXPECT_NE(idx_complaint("").find("no data"), std::string::npos);
}

TEST(Idx, SizesAreCheckedBeforeAnythingIsAllocated) {
  constexpr std::uint32_t huge = 0xffffffff;
  for (auto sizes :
       {idx_header({0x803, huge, 28, 28}), idx_header({0x803, 3, huge, huge}),
        idx_header({0x806, huge, huge, huge, huge, huge, huge}),
        idx_header({0x804, 0x10000, 0x10000, 0x10000, 0x10000}), idx_header({0x801, huge})}) {
    EXPECT_NE(idx_complaint(sizes + "some data").find("more elements than"), std::string::npos);
    EXPECT_NE(idx_complaint(gzip_stored(sizes)).find("more elements than"), std::string::npos);
  }
  EXPECT_NE(idx_complaint(idx_header({0x803, huge, huge, 0}) + "some data")
                .find("expected 0 bytes of data, got 9"),
            std::string::npos);
  EXPECT_NE(idx_complaint(idx_header({0x803, huge, huge, 0})), "");
}

TEST(Idx, ASizeOfZeroIsAnEmptyTensor) {
  TemporaryFolder folder;
  const std::pair<std::string, nn::Shape> cases[] = {{idx_header({0x803, 28, 0, 28}), {28, 0, 28}},
                                                     {idx_header({0x803, 28, 28, 0}), {28, 28, 0}},
                                                     {idx_header({0x802, 1, 0}), {1, 0}},
                                                     {idx_header({0x802, 0, 1}), {0, 1}},
                                                     {idx_header({0x801, 0}), {0}},
                                                     {idx_header({0x803, 0, 0, 0}), {0, 0, 0}}};
  for (const auto& [bytes, shape] : cases) {
    EXPECT_EQ(nn::read_idx(folder.file("plain", bytes)).shape(), shape);
    EXPECT_EQ(nn::read_idx(folder.file("packed", gzip_stored(bytes))).shape(), shape);
    EXPECT_NE(idx_complaint(bytes + "x"), "");
    EXPECT_NE(idx_complaint(gzip_stored(bytes + "x")), "");
  }
}

TEST(Idx, UnpacksNoMoreThanTheHeaderSays) {
  // Two bytes of data, then zeros: the checksum behind them is never met.
  const std::string three = idx_header({0x801, 3});
  const auto bomb = gzip_member(std::string(1, '\0') + little_endian(8, 2) + little_endian(~8u, 2) +
                                    three + packed_zeros(1'000),
                                "");
  EXPECT_NE(idx_complaint(bomb).find("expected 3 bytes of data, got 4"), std::string::npos);
  TemporaryFolder folder;
  auto zeros = folder.file("zeros", gzip_with_zeros(idx_header({0x803, 129, 2000, 1}), 1000));
  EXPECT_NE(message_of<nn::DataError>([&] { nn::read_idx(zeros); }).find("got 258001"),
            std::string::npos);
  zeros = folder.file("zeros", gzip_with_zeros(idx_header({0x801, 258001}), 1000));
  EXPECT_EQ(nn::read_idx(zeros).shape(), nn::Shape({258001}));  // packed well
}

TEST(Idx, OtherHeaders) {
  std::string little("\3\10\0\0\3\0\0\0\2\0\0\0\4\0\0\0", 16);
  EXPECT_NE(idx_complaint(little + std::string(24, 'x')).find("big-endian"), std::string::npos);
  EXPECT_NE(idx_complaint(idx_header({0xd01, 1}) + "1234").find("type 13"), std::string::npos);
  EXPECT_NE(idx_complaint(idx_header({0x800})).find("rank"), std::string::npos);
  EXPECT_NE(idx_complaint(idx_header({0x807}) + std::string(28, '\0')).find("rank"),
            std::string::npos);
}

TEST(Idx, ImagesAndLabelsThatDoNotFit) {
  TemporaryFolder folder;
  auto images = folder.file("images", three_images());
  auto two = folder.file("two", idx_header({0x801, 2}) + std::string("\7\0", 2));
  auto message = message_of<nn::DataError>([&] { nn::read_idx_dataset(images, two); });
  EXPECT_NE(message.find("3 images and 2 labels"), std::string::npos) << message;
  message = message_of<nn::DataError>([&] { nn::read_idx_dataset(images, images); });
  EXPECT_NE(message.find("expected labels"), std::string::npos) << message;
  auto labels = folder.file("labels", three_labels);
  auto rows = folder.file("rows", idx_header({0x802, 3, 1}) + "abc");
  auto colours = folder.file("colours", idx_header({0x804, 3, 1, 1, 1}) + "abc");
  for (const auto& wrong : {labels, rows, colours}) {
    message = message_of<nn::DataError>([&] { nn::read_idx_dataset(wrong, labels); });
    EXPECT_EQ(message.find(wrong + ": expected images"), 0u) << message;
  }
  message = message_of<nn::DataError>([&] { nn::read_idx_dataset(images, rows); });
  EXPECT_EQ(message.find(rows + ": expected labels"), 0u) << message;
  EXPECT_THROW(nn::read_idx_dataset(images, folder.path("missing")), nn::DataError);
  EXPECT_THROW(nn::read_idx(folder.path("")), nn::DataError);
}

}  // namespace
