#include <gtest/gtest.h>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/data/table.hpp"
#include "nn/io/file.hpp"

namespace {

TEST(ReadFile, GivesEveryByte) {
  TemporaryFolder folder;
  std::string bytes;
  for (int i = 0; i < 100000; ++i) bytes += static_cast<char>(i * 7);
  EXPECT_EQ(nn::read_file(folder.file("a", bytes)), bytes);
  EXPECT_EQ(nn::read_file(folder.file("empty", "")), "");
}

TEST(ReadFile, ReadsFilesWhoseSizeIsNotKnownBefore) {
  EXPECT_NE(nn::read_file("/proc/self/status").find("Name:"), std::string::npos);
}

TEST(ReadFile, NamesWhatCannotBeRead) {
  TemporaryFolder folder;
  auto missing = message_of<nn::DataError>([&] { nn::read_file(folder.path("missing")); });
  EXPECT_NE(missing.find(folder.path("missing")), std::string::npos) << missing;
  auto directory = message_of<nn::DataError>([&] { nn::read_file(folder.path("")); });
  EXPECT_NE(directory.find(folder.path("") + ": expected a file"), std::string::npos) << directory;
  EXPECT_THROW(nn::read_file(""), nn::DataError);
}

TEST(ReadFile, APathWithANulByteIsAnError) {
  TemporaryFolder folder;
  const auto path = folder.file("a", "1,2\n");
  for (const auto& tail : {std::string("\0b", 2), std::string("\0", 1)}) {
    const auto message = message_of<nn::DataError>([&] { nn::read_file(path + tail); });
    EXPECT_EQ(message.find(path), 0u) << message;
    EXPECT_NE(message.find("NUL"), std::string::npos) << message;
    EXPECT_THROW(nn::read_text(path + tail), nn::DataError);
    EXPECT_THROW(nn::read_table(path + tail), nn::DataError);
  }
}

TEST(ReadText, DropsTheByteOrderMarkOnce) {
  TemporaryFolder folder;
  EXPECT_EQ(nn::read_text(folder.file("a", "\xef\xbb\xbfone\n")), "one\n");
  EXPECT_EQ(nn::read_text(folder.file("b", "\xef\xbb\xbf\xef\xbb\xbf")), "\xef\xbb\xbf");
  EXPECT_EQ(nn::read_text(folder.file("c", "\xef\xbb")), "\xef\xbb");
}

}  // namespace
