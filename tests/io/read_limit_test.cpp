#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <functional>
#include <thread>

#include "io/packed.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/data/idx.hpp"
#include "nn/data/table.hpp"
#include "nn/data/usps.hpp"
#include "nn/io/file.hpp"
#include "nn/io/safetensors.hpp"

namespace {

/// While it lives, this is the limit.
class WithLimit {
 public:
  explicit WithLimit(nn::Index bytes) { nn::set_read_limit(bytes); }
  ~WithLimit() { nn::set_read_limit(0); }
  WithLimit(const WithLimit&) = delete;
};

/// The error names the path, the limit, and how to change it.
void expect_beyond(const std::function<void()>& read, const std::string& path, nn::Index limit) {
  const auto message = message_of<nn::DataError>(read);
  EXPECT_EQ(message.find(path + ": "), 0u) << message;
  EXPECT_NE(message.find(" " + std::to_string(limit) + " bytes"), std::string::npos) << message;
  EXPECT_NE(message.find("set_read_limit()"), std::string::npos) << message;
}

TEST(ReadLimit, IsKeptToTheByte) {
  TemporaryFolder folder;
  const std::string bytes(5000, 'x');
  auto plain = folder.file("plain", bytes), packed = folder.file("packed", gzip_stored(bytes));
  auto zeros = folder.file("zeros", gzip_with_zeros("", 19));  // 4903
  WithLimit limit(5000);
  EXPECT_EQ(nn::read_limit(), 5000);
  EXPECT_EQ(nn::read_file(plain), bytes);
  EXPECT_EQ(nn::read_unpacked(zeros), std::string(4903, '\0'));
  nn::set_read_limit(4902);
  expect_beyond([&] { nn::read_file(plain); }, plain, 4902);
  expect_beyond([&] { nn::read_unpacked(zeros); }, zeros, 4902);
  expect_beyond([&] { nn::read_unpacked(packed); }, packed, 4902);
  EXPECT_THROW(nn::set_read_limit(-1), nn::RangeError);
  EXPECT_EQ(nn::read_limit(), 4902);
}

TEST(ReadLimit, HoldsForEveryReader) {
  TemporaryFolder folder;
  auto bomb = folder.file("bomb", gzip_with_zeros(std::string("\0\0\x08\1\0\1\xf7\xe9", 8), 500));
  nn::TensorFile file;
  file.tensors.emplace_back("w", nn::Tensor::zeros({10000}));
  nn::write_safetensors(folder.path("f"), file);
  EXPECT_EQ(nn::read_idx(bomb).shape(), nn::Shape({129001}));
  const std::pair<std::string, std::function<void()>> cases[] = {
      {bomb, [&] { nn::read_unpacked(bomb); }},
      {bomb, [&] { nn::read_text(bomb); }},
      {bomb, [&] { nn::read_table(bomb); }},
      {bomb, [&] { nn::read_idx(bomb); }},
      {bomb, [&] { nn::read_usps(bomb); }},
      {folder.path("f"), [&] { nn::read_safetensors(folder.path("f")); }}};
  WithLimit limit(20000);
  for (const auto& [path, read] : cases) expect_beyond(read, path, 20000);
}

TEST(ReadLimit, CountsAllMembersOfAFile) {
  TemporaryFolder folder;
  std::string members;
  for (int i = 0; i < 100; ++i) members += gzip_with_zeros("", 10);  // 2581 each
  auto path = folder.file("members", members);
  EXPECT_EQ(nn::read_unpacked(path), std::string(258100, '\0'));
  WithLimit limit(200000);
  expect_beyond([&] { nn::read_unpacked(path); }, path, 200000);
}

TEST(ReadLimit, WithoutOneABombAndADeviceWithoutEndAreErrors) {
  TemporaryFolder folder;
  auto bomb = folder.file("bomb", gzip_member(packed_zeros(1'050'000), ""));  // 271 MB
  constexpr nn::Index default_limit = 1 << 28;
  EXPECT_EQ(nn::read_limit(), 0);
  expect_beyond([&] { nn::read_unpacked(bomb); }, bomb, default_limit);
  expect_beyond([&] { nn::read_file("/dev/zero"); }, "/dev/zero", default_limit);
  expect_beyond([&] { nn::read_table("/dev/zero"); }, "/dev/zero", default_limit);
}

TEST(ReadLimit, OfAPipe) {
  TemporaryFolder folder;
  const std::string path = folder.path("pipe"), bytes(100000, 'x');
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  WithLimit limit(100000);
  for (nn::Index most : {100000, 99999}) {
    nn::set_read_limit(most);
    std::thread writer([&] {
      try {
        nn::write_file(path, bytes);
      } catch (const nn::DataError&) {  // the reader of the pipe has left
      }
    });
    if (most == 100000) {
      EXPECT_EQ(nn::read_file(path), bytes);
    } else {
      expect_beyond([&] { nn::read_file(path); }, path, most);
    }
    writer.join();
  }
}

TEST(ReadLimit, ATableMayTakeEightTimesAsMuchMemory) {
  TemporaryFolder folder;
  std::string rows, row;
  for (int i = 0; i < 30000; ++i) rows += "1\n", row += "1,";
  auto many_rows = folder.file("rows", rows), wide = folder.file("wide", row);
  const nn::TableOptions text{.types = {{"1", nn::ColumnKind::text}}};
  EXPECT_EQ(nn::read_table(many_rows, text).rows(), 29999);
  EXPECT_EQ(nn::read_table(wide).columns().size(), 30001u);
  WithLimit limit(100000);
  EXPECT_EQ(nn::read_table(many_rows).rows(), 29999);
  expect_beyond([&] { nn::read_table(many_rows, text); }, many_rows, 800000);
  expect_beyond([&] { nn::read_table(wide); }, wide, 800000);
}

}  // namespace
