#include "io/gunzip.hpp"

#include <gtest/gtest.h>

#include "io/packed.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/io/file.hpp"

namespace {

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  return bytes;
}

// Packed by zlib 1.2.13: one block with the fixed codes, one with codes of its own.
const std::string fixed_block = from_hex("cbcf4b552829cf57c847a5b900");
const std::string dynamic_block = from_hex(
    "ed90d90dc4200c055b9912620306fa6f6c07aad80fa40825e1dd1f416713450e5ad137d55941233b7d3293a4"
    "05956c118df911c9686cd17215f0bd333e1635c8c95a8c4e264b35a50611aca2642c5a1222d98d35989be9d9"
    "ee733ffde9551d905009d224c715524e51a535d046332dd73137c2091237549d80c634ac910d5eb7449e3a96"
    "b25a3b25ad6ae176cb3bc1768be07b9bbc4dde266f93b7c9df6cf203");

std::string short_text() { return "one two one two one two\n"; }
std::string long_text() {
  std::string text;
  for (int i = 0; i < 600; ++i) text += std::to_string(i * i % 97) + " ";
  return text;
}

std::string unpacked(const std::string& bytes) {
  return nn::detail::gunzip("a.gz", bytes, std::string::npos);
}
std::string complaint(const std::string& bytes) {
  return message_of<nn::DataError>([&] { unpacked(bytes); });
}

TEST(Gunzip, BlocksOfEachKind) {
  EXPECT_EQ(unpacked(gzip_member(fixed_block, short_text())), short_text());
  EXPECT_EQ(unpacked(gzip_member(dynamic_block, long_text())), long_text());
  EXPECT_EQ(unpacked(gzip_stored(long_text())), long_text());
  EXPECT_EQ(unpacked(gzip_stored(std::string(200000, '\0'))), std::string(200000, '\0'));
  EXPECT_EQ(unpacked(gzip_stored("")), "");
}

TEST(Gunzip, HeadersWithNames) {
  std::string bytes = gzip_member(fixed_block, short_text());
  bytes[3] = 4 | 8 | 16 | 2;
  bytes.insert(10, std::string("\3\0abcname\0comment\0\1\2", 20));
  EXPECT_EQ(unpacked(bytes), short_text());
}

TEST(Gunzip, SeveralFilesInOne) {
  EXPECT_EQ(unpacked(gzip_stored("one ") + gzip_member(fixed_block, short_text())),
            "one " + short_text());
}

TEST(Gunzip, ZerosBehindTheEndAreNotRead) {
  EXPECT_EQ(unpacked(gzip_stored("one") + std::string(500, '\0')), "one");
  EXPECT_NE(complaint(gzip_stored("one") + std::string(500, '\0') + "x"), "");
}

TEST(Gunzip, StopsWhereItIsTold) {
  const std::string whole = gzip_stored("one ") + gzip_member(fixed_block, short_text());
  const std::string content = "one " + short_text();
  for (std::size_t most = 0; most <= content.size() + 1; ++most)
    EXPECT_EQ(nn::detail::gunzip("a.gz", whole, most), content.substr(0, most));
  std::string damaged = whole;
  damaged[damaged.size() - 8] ^= 1;  // in the checksum, which is behind the last byte
  EXPECT_EQ(nn::detail::gunzip("a.gz", damaged, 10), content.substr(0, 10));
  EXPECT_THROW(nn::detail::gunzip("a.gz", damaged, content.size()), nn::DataError);
}

TEST(Gunzip, EveryTruncationIsAnError) {
  std::string whole = gzip_member(dynamic_block, long_text());
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(complaint(whole.substr(0, length)),
              "a.gz: damaged gzip file: the file ends too early")
        << length;
}

TEST(Gunzip, DamageIsAnError) {
  const std::string whole = gzip_member(dynamic_block, long_text());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const bool without_meaning = (i >= 3 && i < 10) || i == 9 + dynamic_block.size();
    if (without_meaning) continue;  // kind of text, time, system; the last bits of the last byte
    for (int mask : {1, 16, 64}) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(bytes[i] ^ mask);
      EXPECT_NE(complaint(bytes), "") << i;
    }
  }
  EXPECT_EQ(complaint(gzip_member(fixed_block, "one")),
            "a.gz: damaged gzip file: the checksum is wrong");
  EXPECT_EQ(complaint(whole + "x"), "a.gz: damaged gzip file: the file ends too early");
  // A copy may not begin before its own file's beginning.
  EXPECT_EQ(complaint(gzip_stored("before") + gzip_member(from_hex("030200"), "")),
            "a.gz: damaged gzip file: a copy from before the beginning");
}

TEST(Gunzip, FilesAreKnownByTheirBytes) {
  TemporaryFolder folder;
  auto packed = folder.file("plain.txt", gzip_stored("\xef\xbb\xbf"
                                                     "1,2\n"));
  EXPECT_EQ(nn::read_text(packed), "1,2\n");
  EXPECT_EQ(nn::read_unpacked(packed),
            "\xef\xbb\xbf"
            "1,2\n");
  EXPECT_EQ(nn::read_unpacked(folder.file("a.gz", "not packed")), "not packed");
  auto damaged = folder.file("b.txt", "\x1f\x8b\x08 and so on");
  auto message = message_of<nn::DataError>([&] { nn::read_text(damaged); });
  EXPECT_EQ(message.find(damaged + ": damaged gzip file: "), 0u) << message;
  EXPECT_EQ(nn::read_file(damaged).size(), 13u);
}

}  // namespace
