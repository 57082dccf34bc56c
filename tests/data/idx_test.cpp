#include "nn/data/idx.hpp"

#include <gtest/gtest.h>

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
  for (auto sizes : {idx_header({0x803, huge, 28, 28}), idx_header({0x803, 3, huge, huge}),
                     idx_header({0x806, huge, huge, huge, huge, huge, huge}),
                     idx_header({0x804, 0x10000, 0x10000, 0x10000, 0x10000}),
                     idx_header({0x803, huge, huge, 0}), idx_header({0x801, huge})})
    EXPECT_NE(idx_complaint(sizes + "some data").find("more elements than"), std::string::npos);
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
  EXPECT_THROW(nn::read_idx_dataset(images, folder.path("missing")), nn::DataError);
  EXPECT_THROW(nn::read_idx(folder.path("")), nn::DataError);
}

}  // namespace
